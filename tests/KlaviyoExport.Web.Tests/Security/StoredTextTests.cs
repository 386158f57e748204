using KlaviyoExport.People;
using KlaviyoExport.People.SignIns;
using KlaviyoExport.Runs;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Demo;
using KlaviyoExport.Web.Tests.Api;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace KlaviyoExport.Web.Tests.Security;

/// <summary>
/// Every text in the store becomes one that is made to run as a script. Each page shows it as a text. A new column is in the test as soon as
/// it is in the model.
/// </summary>
[Trait(Needs.Trait, Needs.Time)]
public sealed class StoredTextTests(StoredTextTests.HostileDemo demo) : IClassFixture<StoredTextTests.HostileDemo>
{
    private const string Script = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}";
    private const string Link = "javascript:alert(3)//";

    /// <summary>The pages, and the columns whose texts each of them must show.</summary>
    private static readonly Dictionary<string, string[]> Pages = new()
    {
        ["/"] = ["Export.Name"],
        ["/exports"] = ["Export.Name", "Export.ListName", "Connection.Name"],
        ["/exports/{export}"] = ["Export.Name", "Export.ListName", "Connection.Name", "Segment.Name"],
        ["/exports/{export}/edit"] = [],
        ["/exports/new"] = [],
        ["/exports/schedule"] = [],
        ["/person"] = [],
        ["/runs"] = ["Export.Name"],
        ["/runs/{run}"] = ["Export.Name", "Run.RequestedBy", "Run.Outcome", "RunEvent.What", "Rejection.Detail"],
        ["/segments"] = ["Segment.Name", "Source.Name"],
        ["/segments/{segment}"] = ["Segment.Name", "Segment.Definition"],
        ["/segments/{segment}/edit"] = [],
        ["/segments/new"] = [],
        ["/sources"] = ["Source.Name"],
        ["/sources/{source}"] = ["Source.Name", "Source.Fields"],
        ["/sources/{source}/edit"] = [],
        ["/sources/new"] = [],
        ["/connections"] = ["Connection.Name", "Connection.AccountName"],
        ["/connections/{connection}"] = ["Connection.Name"],
        ["/connections/{connection}/remove"] = ["Connection.Name"],
        ["/connections/discover"] = [],
        ["/connections/klaviyo/unknown"] = [],
        ["/account"] = [],
        ["/account/security"] = [],
        ["/account/tokens"] = ["ApiToken.Name"],
        ["/account/alerts"] = [],
        ["/alerts"] = [],
        ["/system/status"] = [],
        ["/system/schedule"] = [],
        ["/system/alerts"] = [],
        ["/system/general"] = [],
        ["/system/about"] = [],
        ["/system/permissions"] = ["AppUser.DisplayName"],
        ["/system/permissions/{person}"] = ["AppUser.DisplayName"],
        ["/system/audit"] = ["AuditEntry.ActorName", "AuditEntry.StoredDetail"],
        ["/sign-in?returnUrl={script}"] = [],
        ["/error?message={script}"] = [],
        ["/set-password?user={script}&token={script}"] = [],
        ["/setup/{script}"] = [],
        ["/connections/klaviyo/callback?error={script}&error_description={script}&state={script}"] = [],
        ["/segments?search={script}&q={script}"] = [],
        ["/runs?state={script}"] = [],
        ["/system/audit?action={script}&who={script}"] = [],
        ["/person?address={script}&q={script}"] = [],
        ["/no-such-page/{script}"] = [],
    };

    public static TheoryData<string> Addresses => [.. Pages.Keys];

    [Theory]
    [MemberData(nameof(Addresses))]
    public async Task A_page_shows_a_stored_text_as_a_text(string page)
    {
        var address = demo.AddressOf(page);
        using var response = await demo.Browser.FollowAsync(address);
        Assert.True((int)response.StatusCode < 500, $"{address}: {response.StatusCode}");
        var document = await KlaviyoExport.Web.Tests.Browser.ReadAsync(response);

        foreach (var element in document.All)
        {
            Assert.False(
                element is { LocalName: "script" } && element.TextContent.Contains("alert(", StringComparison.Ordinal),
                element.OuterHtml
            );
            Assert.DoesNotContain(element.Attributes, attribute => attribute.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase));
            foreach (var name in (string[])["href", "src", "action", "formaction", "data"])
                Assert.DoesNotContain(
                    "javascript:",
                    (element.GetAttribute(name) ?? "")[..Math.Min(20, element.GetAttribute(name)?.Length ?? 0)],
                    StringComparison.OrdinalIgnoreCase
                );
        }
        var shown = string.Join('\n', document.All.SelectMany(element => element.Attributes).Select(attribute => attribute.Value));
        shown += document.DocumentElement.TextContent;
        Assert.All(Pages[page], column => Assert.Contains($"[{column}]{Script}", shown, StringComparison.Ordinal));
    }

    /// <summary>The demo with a run, whose every text is hostile.</summary>
    public sealed class HostileDemo : IAsyncLifetime
    {
        // What the product reads as something other than a text, or what opens a session.
        private static readonly HashSet<string> Meaningful =
        [
            "AppUser.UserName",
            "AppUser.NormalizedUserName",
            "AppUser.Email",
            "AppUser.NormalizedEmail",
            "AppUser.PasswordHash",
            "AppUser.SecurityStamp",
            "AppUser.ConcurrencyStamp",
            "AppUser.Language",
            "Connection.AccountId",
            "Connection.TimeZone",
            "Run.AccountId",
            "Run.ListId",
            "Export.ListId",
            "Export.EmailField",
            "Source.StagingFile",
            "AuditEntry.Action",
        ];

        private readonly Dictionary<string, string> _ids = [];

        internal TestApp App { get; private set; } = default!;

        internal Browser Browser { get; private set; } = default!;

        public async ValueTask InitializeAsync()
        {
            App = await TestApp.StartAsync("--Demo:Enabled=true");
            await using var db = await App.OpenAsync();
            var administrator = await db.Set<AppUser>().SingleAsync(user => user.Email == DemoAccounts.All[0].Email);
            var actor = new Actor(administrator.Id, administrator.DisplayName, administrator.Role);
            using (var program = await ApiClient.OfAsync(App, actor))
            {
                var run = await ApiClient.ReadAsync(await program.PostAsync("exports/1/runs", null, ("Prefer", "wait=60")));
                _ids["run"] = $"{run["id"]}";
            }
            db.Add(
                new Rejection
                {
                    RunId = int.Parse(_ids["run"], System.Globalization.CultureInfo.InvariantCulture),
                    Ordinal = 1_000_000,
                    ProfileKey = "C-1",
                    Reason = RejectionReason.Refused,
                    Code = "invalid",
                    Detail = "",
                }
            );
            await db.SaveChangesAsync();
            (_ids["export"], _ids["segment"], _ids["source"], _ids["connection"]) = ("1", "1", "1", "1");
            (_ids["person"], _ids["script"]) = (administrator.Id, Uri.EscapeDataString(Script));
            Browser = App.Open();
            await Browser.SubmitAsync(
                "/sign-in",
                "sign-in",
                new() { ["Input.Email"] = DemoAccounts.All[0].Email, ["Input.Password"] = DemoAccounts.Password }
            );
            foreach (
                var type in db
                    .Model.GetEntityTypes()
                    .Where(type => !type.IsOwned() && type.ClrType.Namespace!.StartsWith("KlaviyoExport", StringComparison.Ordinal))
            )
                await SpoilAsync(type);
        }

        public async ValueTask DisposeAsync()
        {
            Browser.Dispose();
            await App.DisposeAsync();
        }

        internal string AddressOf(string page) =>
            _ids.Aggregate(page, (address, id) => address.Replace($"{{{id.Key}}}", id.Value, StringComparison.Ordinal));

        private async Task SpoilAsync(IEntityType type)
        {
            await using var db = await App.OpenAsync();
            var rows =
                (IQueryable<object>)
                    typeof(DbContext).GetMethod(nameof(DbContext.Set), 1, [])!.MakeGenericMethod(type.ClrType).Invoke(db, null)!;
            foreach (var (number, row) in (await rows.ToListAsync()).Index())
            {
                if (row is Source source)
                    source.Fields =
                    [
                        .. source.Fields,
                        new Field($"[Source.Fields]{Script}", FieldType.Text, 1, [$"[Source.Samples]{Script}"]),
                    ];
                if (row is Segment segment)
                    segment.Definition = new ConditionSegment(
                        new ConditionGroup(GroupKind.All, [new Condition("tier", Operator.Equal, [$"[Segment.Definition]{Script}"])])
                    );
                foreach (var property in type.GetProperties().Where(property => !property.IsKey() && !property.IsForeignKey()))
                {
                    var column = $"{type.ClrType.Name}.{property.Name}";
                    if (Meaningful.Contains(column) || type.ClrType == typeof(Session) || property.IsShadowProperty())
                        continue;
                    var entry = db.Entry(row).Property(property.Name);
                    if (entry.CurrentValue is null && property.ClrType != typeof(LocalizedMessage))
                        continue;
                    if (column == "AuditEntry.StoredDetail")
                        entry.CurrentValue = new LocalizedMessage("Sources.CannotRead", $"[{column}]{Script}", "").ToJson();
                    else if (property.ClrType == typeof(string) && (!property.IsIndex() || property.Name == "Name"))
                        entry.CurrentValue = column.EndsWith("Url", StringComparison.Ordinal) ? Link : $"[{column}]{Script}{number}";
                    else if (property.ClrType == typeof(LocalizedMessage))
                        entry.CurrentValue = new LocalizedMessage("Sources.CannotRead", $"[{column}]{Script}", "");
                }
            }
            await db.SaveChangesAsync();
        }
    }
}
