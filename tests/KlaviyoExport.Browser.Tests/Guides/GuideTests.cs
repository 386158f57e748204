using System.Globalization;
using KlaviyoExport.Sandbox;

namespace KlaviyoExport.Browser.Tests.Guides;

/// <summary>Follows the guides of docs/guides from nothing, in each of their languages, by the labels that they name.</summary>
public sealed class GuideTests
{
    [Theory]
    [InlineData("en-GB", "en", "en")]
    [InlineData("sr-Cyrl-RS", "sr-Cyrl", "sr")]
    [InlineData("ca-ES", "ca", "ca")]
    public async Task The_steps_of_the_guides_lead_to_what_they_say(string browser, string language, string folder)
    {
        var (texts, pictures) = (new PageTexts(new CultureInfo(language)), new GuidePictures(folder));
        await using var demo = new DemoApp();
        await demo.InitializeAsync();
        await using var contributor = await demo.VisitAsync(browser);
        await new ContributorGuide(contributor.Page, texts, pictures).FollowAsync(demo.Klaviyo.Address);
        Assert.Empty(contributor.Faults);

        await using var administrator = await demo.SignInAsync("administrator", browser);
        await new AdministratorGuide(administrator.Page, texts, pictures).FollowAsync(demo.SourceFolder);
        Assert.Empty(administrator.Faults);

        await using var @operator = await demo.SignInAsync("operator", browser);
        await new OperatorGuide(@operator.Page, texts, pictures).FollowAsync(demo.Klaviyo);
        Assert.Empty(@operator.Faults);
    }

    [Theory]
    [InlineData("en-GB", "en")]
    [InlineData("sr-Cyrl-RS", "sr-Cyrl")]
    [InlineData("ca-ES", "ca")]
    public async Task The_quick_start_leads_from_a_new_installation_to_a_profile_on_a_list(string browser, string language)
    {
        var directory = Directory.CreateTempSubdirectory("klaviyo-export-guide-").FullName;
        try
        {
            await using var sandbox = await SandboxServer.StartAsync(
                new SandboxOptions { Url = "http://127.0.0.1:0" },
                TestContext.Current.CancellationToken
            );
            await using var app = await AppHere.StartAsync(directory, "Demo:Enabled=false", $"Klaviyo:BaseUrl={sandbox.BaseAddress}");
            var link = new Uri(app.Output.Split((char[]?)null).Single(word => word.Contains("/setup/", StringComparison.Ordinal)));
            await using var reader = await Chromium.VisitAsync(link.GetLeftPart(UriPartial.Authority), browser);
            await new NewInstallationGuide(reader.Page, new PageTexts(new CultureInfo(language))).FollowAsync(link.AbsolutePath);

            using var klaviyo = new SandboxKlaviyo(sandbox.BaseAddress.ToString());
            Assert.Equal(["ana@shop.example"], await klaviyo.MembersAsync("WbK4t9"));
            Assert.Empty(reader.Faults);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
