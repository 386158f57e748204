using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Sources;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Sources;

public sealed class FreshnessPageTests
{
    private static readonly Actor Administrator = new("x", "X", Role.Administrator);

    private static CancellationToken Cancel => Xunit.TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_limit_is_entered_in_hours_or_days()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var draft = new SourceDraft { MaxAgeHours = 48, StopsWhenOld = true };
        var fields = page.Ui.Render<FreshnessFields>(set => set.Add(one => one.Draft, draft).Add(one => one.Fields, []));
        Assert.Equal("2", fields.Find("#max-age").GetAttribute("value"));
        Assert.Equal([false, true], fields.FindAll("[name=when-old]").Select(choice => choice.HasAttribute("checked")));

        fields.Find("#max-age").Change("3");
        Assert.Equal(72, draft.MaxAgeHours);
        fields.Find("select").Change("hours");
        Assert.Equal(3, draft.MaxAgeHours);
        fields.FindAll("[name=when-old]")[0].Change(true);
        Assert.False(draft.StopsWhenOld);

        fields.Find("#max-age").Change("");
        Assert.Null(draft.MaxAgeHours);
        Assert.Empty(fields.FindAll("[name=when-old]"));
    }

    [Fact]
    public async Task Only_columns_with_dates_of_a_server_can_tell_the_time_of_the_last_change()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var draft = new SourceDraft { Kind = SourceKind.PostgreSql };
        Field[] columns = [new("id", FieldType.Text, 1, []), new("born", FieldType.Date, 1, []), new("changed", FieldType.Moment, 1, [])];
        var fields = page.Ui.Render<FreshnessFields>(set => set.Add(one => one.Draft, draft).Add(one => one.Fields, columns));

        Assert.Equal(["", "born", "changed"], fields.FindAll("#changed-at option").Select(option => option.GetAttribute("value")));
        fields.Find("#changed-at").Change("changed");

        Assert.Equal("changed", draft.ChangedAtColumn);
    }

    [Fact]
    public async Task Old_data_is_shown_in_the_list_and_on_the_page_of_the_source()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var services = page.Ui.Services;
        var path = await services
            .GetRequiredService<SourceUploads>()
            .SaveAsync(Administrator, new MemoryStream("id\n1\n"u8.ToArray()), "c.csv", Cancel);
        File.SetLastWriteTimeUtc(path, page.Clock.GetUtcNow().AddHours(-30).UtcDateTime);
        var source = await services
            .GetRequiredService<SourceService>()
            .SaveAsync(
                Administrator,
                new SourceDraft
                {
                    Name = "Customers",
                    Location = path,
                    KeyColumns = ["id"],
                    MaxAgeHours = 24,
                    StopsWhenOld = true,
                },
                Cancel
            );

        var list = page.Ui.Render<SourceList>();
        var shown = page.Ui.Render<SourcePage>(set => set.Add(opened => opened.Id, source.Id));

        Assert.Contains("Old data", list.Find("[data-label=State]").TextContent, StringComparison.Ordinal);
        Assert.Contains("that is more than 24 h ago", shown.Find(".alert-warning").TextContent, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("are stopped", shown.Find(".alert-warning").TextContent, StringComparison.Ordinal);
        Assert.Contains("24 h · Stop the exports", shown.Markup, StringComparison.Ordinal);
    }
}
