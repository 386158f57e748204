using System.Globalization;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>
/// Follows the guides of docs/guides in each of their languages, step by step, by the labels that they name. No label of a guide may be left
/// without a step.
/// </summary>
public sealed class GuideTests
{
    public static TheoryData<string, string, string> Languages =>
        new()
        {
            { "en-GB", "en", "en" },
            { "sr-Cyrl-RS", "sr-Cyrl", "sr" },
            { "ca-ES", "ca", "ca" },
        };

    [Theory]
    [MemberData(nameof(Languages))]
    public async Task The_guides_lead_from_a_new_installation_to_what_they_say(string browser, string language, string folder)
    {
        Assert.SkipUnless(GuideDatabase.IsAvailable, "KLAVIYOEXPORT_TEST_POSTGRES names no server; ./test.sh starts one.");
        var reader = new CultureInfo(language);
        var pictures = new GuidePictures(folder);
        var (quickStart, administrator) = (new Guide("quick-start", reader), new Guide("administrator", reader));
        var (contributor, @operator) = (new Guide("contributor", reader), new Guide("operator", reader));

        await using var demo = new DemoApp();
        await demo.InitializeAsync();
        await using (var visitor = await demo.VisitAsync(browser))
        {
            await new QuickStartInDemo(visitor.Page, new(reader, quickStart), pictures).FollowAsync(demo.Klaviyo.Address);
            Assert.Empty(visitor.Faults);
        }

        await using var installation = await NewInstallation.StartAsync();
        await using (var visitor = await installation.VisitAsync(browser))
        {
            // The quick start refers to the guide for administrators, which begins with the same steps.
            await new QuickStartInInstallation(visitor.Page, new(reader, quickStart, administrator)).FollowAsync(
                installation.SetupLink.AbsolutePath
            );
            Assert.Equal(["ana@shop.example"], await installation.Klaviyo.MembersAsync("Cstmr2", account: "Secnd2"));
            Assert.Empty(visitor.Faults);
        }
        quickStart.WasFollowed();

        await installation.ConfigureAsync();
        await new GuideDay(installation, browser, reader, pictures).FollowAsync(administrator, contributor, @operator);
        administrator.WasFollowed();
        contributor.WasFollowed();
        @operator.WasFollowed();
    }
}
