using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KlaviyoExport.Connections;
using KlaviyoExport.People;
using Microsoft.EntityFrameworkCore;

namespace KlaviyoExport.Tests.Connections;

public sealed class PrivacyTextTests
{
    // The hash of the texts of each version, in all languages. Never change a line: a changed text needs a new version and a new line.
    private static readonly Dictionary<int, string> Versions = new()
    {
        [1] = "2f6cb33aea4726c334c40eb817c0627dc243ceb3ca12a99a4d008e18f3d96483",
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void A_text_that_changes_has_a_new_version()
    {
        var texts = new[] { "en", "sr-Cyrl", "ca" }.Select(language => PrivacyText.In(CultureInfo.GetCultureInfo(language)).Text);

        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join("\n\n", texts))));

        Assert.Equal(PrivacyText.Version, Versions.Keys.Max());
        Assert.Equal(Versions[PrivacyText.Version], hash);
    }

    [Fact]
    public async Task The_audit_and_the_connection_keep_the_text_that_was_shown()
    {
        await using var product = await Product.CreateAsync(new TestClock());
        var drafts = product.Get<ConnectionDrafts>();
        var id = await drafts.StartAsync(Product.Administrator, Cancel);
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("sr-Cyrl-RS");
            await drafts.AgreeAsync(Product.Administrator, id, agreed: true, Cancel);
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }

        await using var db = await product.OpenAsync();
        var shown = PrivacyText.In(CultureInfo.GetCultureInfo("sr-Cyrl-RS"));
        Assert.EndsWith("Прихватам", shown.Text, StringComparison.Ordinal);
        Assert.Equal(shown, (await db.Set<ConnectionDraft>().SingleAsync(Cancel)).Agreement);
        var entry = await db.Set<AuditEntry>().SingleAsync(Cancel);
        Assert.Equal(("Connections.Agreed", "admin"), (entry.Action, entry.ActorId));
        Assert.Equal([1L, "sr-Cyrl-RS", shown.Text], entry.Detail!.Arguments);
    }
}
