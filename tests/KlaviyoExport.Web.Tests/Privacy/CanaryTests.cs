using KlaviyoExport.Data;
using KlaviyoExport.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Privacy;

/// <summary>
/// Every secret and every customer is a canary. After everything that people do with the product, they are looked for in everything that it
/// has written, kept or said.
/// </summary>
[Trait(Needs.Trait, Needs.Time)]
[Trait(Needs.Trait, Needs.Server)]
public abstract class CanaryJourney(StoreProvider provider)
{
    /// <summary>
    /// Where a canary may be: the start of the place, what may be there, and why. Each of them must be found, so that the list does not
    /// permit more than there is.
    /// </summary>
    private static readonly (string Place, CanaryKind Kind, string Reason)[] Permitted =
    [
        ("data/staging/", CanaryKind.Customer, "the loaded rows of the source, closed to others by their mode, deleted with the source"),
        ("data/uploads/", CanaryKind.Customer, "the file that a person uploaded, closed to others by its mode, deleted with the source"),
        ("backup/staging/", CanaryKind.Customer, "a backup contains the loaded rows"),
        ("backup/uploads/", CanaryKind.Customer, "a backup contains the uploads"),
        ("page of Administrator: /sources/{Id:int}", CanaryKind.Customer, "administrators see three samples of each field"),
        ("page of Administrator: /sources/{id:int}/malformed-rows.csv", CanaryKind.Customer, "administrators download rows to mend them"),
        ("page of Administrator: /runs/{Id:int}", CanaryKind.Customer, "administrators see who was rejected"),
        ("page of Administrator: /runs/{id:int}/", CanaryKind.Customer, "administrators download who was rejected"),
        ("page of Contributor: /runs/{Id:int}", CanaryKind.Customer, "contributors see who was rejected on connections shared with them"),
        ("page of Contributor: /runs/{id:int}/", CanaryKind.Customer, "contributors download who was rejected"),
        ("API with all scopes: /api/v1/runs/{id:int}/rejections", CanaryKind.Customer, "the scope personal data permits it"),
    ];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_and_no_customer_is_where_it_does_not_belong_after_the_whole_journey()
    {
        await using var place = await JourneyPlace.StartAsync(provider);
        var journey = new Journey(place);
        var haystack = new Haystack();
        await journey.SignInAsync();
        await journey.ConnectAsync();
        await journey.AddSourcesAsync();
        await place.AddStoredAsync(haystack);
        await journey.ExportAsync();
        await journey.RunAsync();
        await place.AddStoredAsync(haystack);
        await journey.AlertAsync();
        // The pages and the backup are the same on every store.
        if (provider == StoreProvider.Sqlite)
        {
            await new Visits(place, journey, haystack).VisitAllAsync();
            await place.App.Services.GetRequiredService<StoreBackup>().WriteAsync(place.Backup, Cancel);
            haystack.AddFile("backup", place.Backup);
        }
        await journey.EraseAsync();
        await journey.RemoveEverythingAsync();
        await place.HasForwardedAsync();
        var afterwards = new Haystack();
        await place.AddStoredAsync(afterwards);
        await place.App.StopAndKeepAsync(place.App.Directory + "-stopped");
        try
        {
            afterwards.AddDirectory("data", place.App.Directory + "-stopped");
        }
        finally
        {
            Directory.Delete(place.App.Directory + "-stopped", recursive: true);
        }
        AddWhatWasSaid(place, journey, haystack);

        AssertFindsWhatIsThere(haystack);
        var found = haystack.Find(journey.Canaries);
        Assert.Empty(found.Where(one => !IsPermitted(one)).Select(one => $"{one.Place}: {one.Canary.Name}").Distinct());
        foreach (
            var (permitted, _, reason) in Permitted.Where(one =>
                provider == StoreProvider.Sqlite || one.Place.StartsWith("data/", StringComparison.Ordinal)
            )
        )
            Assert.True(found.Any(one => one.Place.StartsWith(permitted, StringComparison.Ordinal)), $"{permitted}: {reason}");
        Assert.Empty(afterwards.Find(journey.Canaries).Select(one => $"{one.Place}: {one.Canary.Name}"));
    }

    private static bool IsPermitted(Finding found) =>
        Permitted.Any(one => one.Kind == found.Canary.Kind && found.Place.StartsWith(one.Place, StringComparison.Ordinal))
        // The page of a link contains it, and the links go to those who may use them.
        || (found.Canary.Name == "the link to set a password" && found.Place.EndsWith(": /set-password", StringComparison.Ordinal));

    /// <summary>What is not secret is found where it is, so the search works at these places.</summary>
    private void AssertFindsWhatIsThere(Haystack haystack)
    {
        var places = haystack
            .Find([new Canary("the name of an export", CanaryKind.Customer, "Newsletter")])
            .Select(one => one.Place)
            .ToList();
        string[] expected =
        [
            .. provider == StoreProvider.Sqlite
                ? (string[])
                    ["data/klaviyo-export.db", "data/klaviyo-export.db-wal", "backup/", "page of Viewer: /exports", "API with scope read"]
                : ["table Exports"],
            "mail",
            "webhook",
            "syslog",
            "audit webhook",
        ];
        foreach (var place in expected)
            Assert.True(places.Exists(one => one.StartsWith(place, StringComparison.Ordinal)), place);
        Assert.Contains(haystack.Find([new Canary("a route", CanaryKind.Customer, "/sign-in")]), one => one.Place == "telemetry");
        if (provider == StoreProvider.Sqlite)
            Assert.Contains(haystack.Find([new Canary("a metric", CanaryKind.Customer, "klaviyo_export")]), one => one.Place == "metrics");
        Assert.Contains(
            haystack.Find([new Canary("a log", CanaryKind.Customer, "Debug")]),
            one => one.Place.StartsWith("log/", StringComparison.Ordinal)
        );
    }

    private static void AddWhatWasSaid(JourneyPlace place, Journey journey, Haystack haystack)
    {
        foreach (var exception in journey.Exceptions)
            haystack.Add("exception", exception);
        haystack.AddDirectory("log", place.LogDirectory);
        haystack.Add("console", place.App.Console.ToString());
        haystack.Add("telemetry", System.Text.Encoding.Latin1.GetBytes(place.Collector.Everything));
        foreach (var mail in place.Mails.Mails)
        {
            haystack.Add("mail", $"{mail.Headers}\n{mail.TextBody}\n{mail.HtmlBody}");
            haystack.Add("mail", mail.ToString());
        }
        foreach (var request in place.Webhook.Requests)
            haystack.Add("webhook", request);
        foreach (var request in place.AuditWebhook.Requests)
            haystack.Add("audit webhook", request);
        foreach (var message in place.Syslog.Messages)
            haystack.Add("syslog", message);
    }
}

public sealed class CanaryTests() : CanaryJourney(StoreProvider.Sqlite)
{
    [Fact]
    public void A_canary_is_found_in_every_form_and_at_every_place()
    {
        var canary = new Canary("one", CanaryKind.Secret, "Žuti kanarinac+1 <a&b>");
        var bytes = System.Text.Encoding.UTF8.GetBytes(canary.Text);
        string[] forms =
        [
            $"x{canary.Text}x",
            $"?q={Uri.EscapeDataString(canary.Text)}&",
            System.Text.Json.JsonSerializer.Serialize(new { canary.Text }),
            System.Text.Encodings.Web.HtmlEncoder.Default.Encode(canary.Text),
            canary.Text.ToUpperInvariant(),
            Convert.ToHexStringLower(bytes),
            .. Enumerable.Range(0, 4).Select(before => Convert.ToBase64String([.. new byte[before], .. bytes, 1, 2])),
            System.Buffers.Text.Base64Url.EncodeToString([7, .. bytes]),
        ];

        foreach (var form in forms)
        {
            var haystack = new Haystack();
            haystack.Add("here", form);
            Assert.True(haystack.Find([canary]).Count == 1, form);
        }
        var wide = new Haystack();
        wide.Add("there", [0, .. System.Text.Encoding.Unicode.GetBytes(canary.Text)]);
        Assert.Single(wide.Find([canary]));
        Assert.Empty(wide.Find([new Canary("another", CanaryKind.Secret, "zelena papiga")]));
    }
}

/// <summary>Beside the other one, because each takes long.</summary>
public sealed class CanaryOnPostgreSqlTests() : CanaryJourney(StoreProvider.PostgreSql);
