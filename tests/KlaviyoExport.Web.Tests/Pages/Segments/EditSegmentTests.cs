using System.Text;
using AngleSharp.Dom;
using Bunit;
using KlaviyoExport.People;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Segments;
using KlaviyoExport.Web.Tests.Components;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace KlaviyoExport.Web.Tests.Pages.Segments;

public sealed class EditSegmentTests
{
    private static readonly CancellationToken Token = CancellationToken.None;
    private static readonly Actor Administrator = new("x", "X", Role.Administrator);

    [Fact]
    public async Task A_tree_is_built_counted_after_a_pause_and_saved()
    {
        await using var page = await PageContext.CreateAsync(Role.Contributor);
        await AddSourceAsync(page, "id,email,city,age\n1,a@example.com,Vic,20\n2,b@example.com,Niš,30\n3,c@example.com,Vic,50\n");
        var editor = page.Ui.Render<EditSegment>();
        editor.Find("#name").Input("Locals");

        Button(editor, "Add condition").Click();
        Labelled(editor, "Field").Change("city");
        Labelled(editor, "Value").Input("vic");
        Button(editor, "Add group").Click();
        Button(editor.Find(".group .group"), "Add condition").Click();
        Labelled(editor.Find(".group .group"), "Field").Change("age");
        Labelled(editor.Find(".group .group"), "Comparison").Change("Between");
        Labelled(editor.Find(".group .group"), "First value").Input("10");
        Labelled(editor.Find(".group .group"), "Last value").Input("25");
        PassThePause(page, editor);

        editor.WaitForAssertion(() => Assert.Equal("1", editor.Find(".member-count strong").TextContent));
        Assert.Equal(["Key", "email", "city", "age"], editor.FindAll("th").Select(head => head.TextContent));
        Assert.Equal(["1", "a@example.com", "Vic", "20"], editor.FindAll("tbody td").Select(cell => cell.TextContent));

        editor.Find("form").Submit();
        editor.WaitForAssertion(() =>
            Assert.EndsWith("/segments/1", page.Ui.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal)
        );
        await using var db = await page.OpenAsync();
        var saved = Assert.IsType<ConditionSegment>((await db.Set<Segment>().SingleAsync()).Definition).Root;
        Assert.Equal(["vic"], Assert.IsType<Condition>(saved.Parts[0]).Values);
        var inner = Assert.IsType<ConditionGroup>(saved.Parts[1]);
        Assert.Equal(
            (GroupKind.Any, "10", "25"),
            (inner.Kind, ((Condition)inner.Parts[0]).Values[0], ((Condition)inner.Parts[0]).Values[1])
        );
    }

    [Theory]
    [InlineData(Role.Administrator, "Add one first.", "sources/new")]
    [InlineData(Role.Contributor, "An administrator adds it under Sources.", null)]
    public async Task Without_a_source_the_page_says_who_adds_one(Role role, string words, string? address)
    {
        await using var page = await PageContext.CreateAsync(role);

        var empty = page.Ui.Render<EditSegment>().Find(".empty");

        Assert.Contains(words, empty.TextContent, StringComparison.Ordinal);
        Assert.Equal(address, empty.QuerySelector("a")?.GetAttribute("href"));
    }

    [Fact]
    public async Task A_condition_refers_to_another_segment_of_the_source()
    {
        await using var page = await PageContext.CreateAsync(Role.Contributor);
        var source = await AddSourceAsync(page, "id,city\n1,Vic\n2,Niš\n3,Vic\n");
        var other = await SaveAsync(page, source, "Locals", new Condition("city", Operator.Equal, ["vic"]));
        var editor = page.Ui.Render<EditSegment>();
        editor.Find("#name").Input("Others");

        Button(editor, "Add segment").Click();
        Labelled(editor, "In or not in").Change("False");
        Labelled(editor, "Segment").Change($"{other.Id}");
        PassThePause(page, editor);

        editor.WaitForAssertion(() => Assert.Equal("1", editor.Find(".member-count strong").TextContent));
        editor.Find("form").Submit();
        editor.WaitForAssertion(() =>
            Assert.EndsWith("/segments/2", page.Ui.Services.GetRequiredService<NavigationManager>().Uri, StringComparison.Ordinal)
        );
        await using var db = await page.OpenAsync();
        var saved = (ConditionSegment)(await db.Set<Segment>().SingleAsync(segment => segment.Name == "Others")).Definition;
        Assert.Equal(new SegmentCondition(other.Id, IsMember: false), Assert.Single(saved.Root.Parts));
    }

    [Fact]
    public async Task Each_condition_shows_its_count_when_the_reader_asks_for_it()
    {
        await using var page = await PageContext.CreateAsync(Role.Contributor);
        var source = await AddSourceAsync(page, "id,city,age\n1,Vic,20\n2,Niš,30\n3,Vic,50\n");
        var segment = await SaveAsync(
            page,
            source,
            "Locals",
            new Condition("city", Operator.Equal, ["vic"]),
            new Condition("age", Operator.Less, ["40"])
        );
        var editor = page.Ui.Render<EditSegment>(parameters => parameters.Add(one => one.Id, segment.Id));
        PassThePause(page, editor);
        editor.WaitForAssertion(() => Assert.Equal("1", editor.Find(".member-count strong").TextContent));
        Assert.Empty(editor.FindAll(".part-count"));

        editor.FindAll("input[type=checkbox]")[0].Change(true);
        PassThePause(page, editor);

        editor.WaitForAssertion(() =>
            Assert.Equal(
                ["2 alone · drops 1", "2 alone · drops 1"],
                editor
                    .FindAll(".part-count")
                    .Select(count => string.Join(' ', count.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))
            )
        );
    }

    [Fact]
    public async Task The_page_of_a_segment_shows_its_users_and_its_members_over_time()
    {
        await using var page = await PageContext.CreateAsync(Role.Viewer);
        var source = await AddSourceAsync(page, "id,city\n1,Vic\n");
        var used = await SaveAsync(page, source, "Locals", new Condition("city", Operator.Equal, ["vic"]));
        var user = await SaveAsync(page, source, "Others", new SegmentCondition(used.Id, IsMember: false));

        var shown = page.Ui.Render<SegmentPage>(parameters => parameters.Add(one => one.Id, used.Id));
        Assert.Equal("Others", shown.Find($"a[href='segments/{user.Id}']").TextContent);
        Assert.Contains("counted on two days", shown.Markup, StringComparison.Ordinal);
        await using (var db = await page.OpenAsync())
        {
            db.Add(
                new SegmentCount
                {
                    SegmentId = used.Id,
                    Day = new DateOnly(2026, 1, 5),
                    Members = 3,
                }
            );
            await db.SaveChangesAsync();
        }

        shown = page.Ui.Render<SegmentPage>(parameters => parameters.Add(one => one.Id, used.Id));
        Assert.Equal(2, shown.FindAll("svg.history circle").Count);
        Assert.Equal(2, shown.FindAll("#members-history ~ details tbody tr").Count);
        Assert.Contains(
            "is not in segment Locals",
            Words(page.Ui.Render<SegmentPage>(parameters => parameters.Add(one => one.Id, user.Id))),
            StringComparison.Ordinal
        );

        static string Words(IRenderedComponent<SegmentPage> rendered) =>
            string.Join(' ', rendered.Find(".outline").TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task The_page_of_a_segment_says_yes_as_the_form_does()
    {
        await using var page = await PageContext.CreateAsync(Role.Administrator);
        var source = await AddSourceAsync(page, "id,vip\n1,true\n2,false\n");
        var segment = await SaveAsync(page, source, "Best", new Condition("vip", Operator.Equal, ["true"]));

        var shown = page.Ui.Render<SegmentPage>(parameters => parameters.Add(one => one.Id, segment.Id));

        Assert.Contains("vip</strong> equals Yes", shown.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_type_offers_its_own_operators()
    {
        await using var page = await PageContext.CreateAsync(Role.Contributor);
        await AddSourceAsync(page, "id,whole,since,active\na,20,2026-01-01,yes\n");
        var editor = page.Ui.Render<EditSegment>();
        Button(editor, "Add condition").Click();
        foreach (
            var (field, type) in new[]
            {
                ("id", FieldType.Text),
                ("whole", FieldType.WholeNumber),
                ("since", FieldType.Date),
                ("active", FieldType.YesNo),
            }
        )
        {
            Labelled(editor, "Field").Change(field);
            Assert.Equal(
                Operators.For(type).Select(offered => offered.ToString()),
                Labelled(editor, "Comparison").QuerySelectorAll("option").Select(option => option.GetAttribute("value"))
            );
        }
    }

    [Theory]
    [InlineData("city", "IsEmpty", "")]
    [InlineData("city", "InList", "textarea")]
    [InlineData("since", "On", "input[type=date]")]
    [InlineData("age", "Greater", "input[inputmode=numeric]")]
    [InlineData("active", "Equal", "select[aria-label=Value]")]
    public async Task An_operator_shows_the_inputs_that_it_needs(string field, string chosen, string control)
    {
        await using var page = await PageContext.CreateAsync(Role.Contributor);
        await AddSourceAsync(page, "id,city,since,age,active\na,Vic,2026-01-01,3,yes\n");
        var editor = page.Ui.Render<EditSegment>();
        Button(editor, "Add condition").Click();
        Labelled(editor, "Field").Change(field);
        Labelled(editor, "Comparison").Change(chosen);

        var values = editor.FindAll(".condition input, .condition textarea, .condition select[aria-label=Value]");
        if (control.Length == 0)
            Assert.Empty(values);
        else
            Assert.True(Assert.Single(values).Matches(control));
    }

    [Fact]
    public async Task After_Save_missing_values_are_named_at_their_condition()
    {
        await using var page = await PageContext.CreateAsync(Role.Contributor);
        await AddSourceAsync(page, "id,age\na,3\n");
        var editor = page.Ui.Render<EditSegment>();
        editor.Find("#name").Input("x");
        Button(editor, "Add condition").Click();
        Button(editor, "Add condition").Click();
        Labelled(editor, "Field").Change("age");
        Assert.Empty(editor.FindAll(".wrong"));

        editor.Find("form").Submit();

        Assert.Equal(
            ["age: enter a value to compare with.", "Choose a field."],
            editor.FindAll(".condition .wrong").Select(fault => fault.TextContent)
        );
        Labelled(editor, "Value").Input("many");
        Assert.Equal("age: “many” is not a value of the type “whole number”.", editor.FindAll(".condition .wrong")[0].TextContent);
        await using var db = await page.OpenAsync();
        Assert.Empty(db.Set<Segment>());
    }

    [Fact]
    public async Task Conditions_and_groups_can_be_removed()
    {
        await using var page = await PageContext.CreateAsync(Role.Contributor);
        await AddSourceAsync(page, "id\na\n");
        var editor = page.Ui.Render<EditSegment>();
        Button(editor, "Add condition").Click();
        Button(editor, "Add group").Click();
        Assert.Equal((1, 2), (editor.FindAll(".condition").Count, editor.FindAll(".group").Count));

        editor.Find("[aria-label='Remove condition 1']").Click();
        Button(editor, "Remove group").Click();

        Assert.Equal((0, 1), (editor.FindAll(".condition").Count, editor.FindAll(".group").Count));
    }

    [Fact]
    public async Task Groups_are_offered_only_to_the_maximum_depth()
    {
        await using var page = await PageContext.CreateAsync(Role.Contributor);
        await AddSourceAsync(page, "id\na\n");
        var editor = page.Ui.Render<EditSegment>();
        for (var depth = 1; depth < SegmentRules.MaxDepth; depth++)
            editor
                .FindAll("button")
                .First(button =>
                    button.TextContent.Contains("Add group", StringComparison.Ordinal)
                    && button.Closest(".group")!.QuerySelector(".group") is null
                )
                .Click();

        Assert.Equal(SegmentRules.MaxDepth, editor.FindAll(".group").Count);
        Assert.DoesNotContain("Add group", editor.FindAll(".group")[^1].TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_field_is_reported_at_once()
    {
        await using var page = await PageContext.CreateAsync(Role.Contributor);
        var source = await AddSourceAsync(page, "id\na\n");
        await using (var db = await page.OpenAsync())
        {
            db.Set<Segment>()
                .Add(
                    new Segment
                    {
                        Name = "Old",
                        SourceId = source.Id,
                        CreatedBy = "a",
                        Definition = new ConditionSegment(
                            new ConditionGroup(GroupKind.All, [new Condition("city", Operator.Equal, ["x"])])
                        ),
                    }
                );
            await db.SaveChangesAsync();
        }
        var editor = page.Ui.Render<EditSegment>(parameters => parameters.Add(segment => segment.Id, 1));

        Assert.StartsWith(
            "The source no longer has the field city.",
            editor.Find(".condition .wrong").TextContent,
            StringComparison.Ordinal
        );
        Assert.Contains("city (no longer there)", editor.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_source_there_is_nothing_to_edit()
    {
        await using var page = await PageContext.CreateAsync(Role.Contributor);

        Assert.Contains("A segment needs a source", page.Ui.Render<EditSegment>().Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_sees_segments_and_their_conditions_without_values_and_can_change_nothing()
    {
        await using var page = await PageContext.CreateAsync(Role.Viewer);
        var source = await AddSourceAsync(page, "id,city\na,Vic\n");
        await page
            .Ui.Services.GetRequiredService<SegmentService>()
            .SaveAsync(
                Administrator,
                new SegmentDraft
                {
                    Name = "Locals",
                    SourceId = source.Id,
                    Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, [new Condition("city", Operator.Equal, ["Vic"])])),
                },
                Token
            );

        var list = page.Ui.Render<SegmentList>();
        var segment = page.Ui.Render<SegmentPage>(parameters => parameters.Add(shown => shown.Id, 1));

        Assert.Equal("Locals", list.Find(".lead-cell").TextContent.Trim());
        Assert.Contains("city</strong> equals …", segment.Markup, StringComparison.Ordinal);
        Assert.Empty(list.FindAll("button, .button"));
        Assert.Empty(segment.FindAll("button, .button"));
    }

    /// <summary>Waits until the page is about to count, and lets its pause pass.</summary>
    private static void PassThePause(PageContext page, IRenderedComponent<EditSegment> editor)
    {
        editor.WaitForElement("[aria-busy=true]");
        page.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private static async Task<Source> AddSourceAsync(PageContext page, string csv)
    {
        var services = page.Ui.Services;
        var path = await services
            .GetRequiredService<SourceUploads>()
            .SaveAsync(Administrator, new MemoryStream(Encoding.UTF8.GetBytes(csv)), "customers.csv", Token);
        return await services
            .GetRequiredService<SourceService>()
            .SaveAsync(
                Administrator,
                new SourceDraft
                {
                    Name = "Customers",
                    Location = path,
                    KeyColumns = ["id"],
                },
                Token
            );
    }

    private static Task<Segment> SaveAsync(PageContext page, Source source, string name, params ConditionNode[] parts) =>
        page
            .Ui.Services.GetRequiredService<SegmentService>()
            .SaveAsync(
                Administrator,
                new SegmentDraft
                {
                    Name = name,
                    SourceId = source.Id,
                    Definition = new ConditionSegment(new ConditionGroup(GroupKind.All, parts)),
                },
                Token
            );

    private static IElement Button(IRenderedComponent<EditSegment> editor, string text) => Button(editor.Find("form"), text);

    /// <summary>The last control with this name: the controls of a group come after those of its nested groups.</summary>
    private static IElement Button(IElement within, string text) =>
        within.QuerySelectorAll("button").Last(button => button.TextContent.Contains(text, StringComparison.Ordinal));

    private static IElement Labelled(IRenderedComponent<EditSegment> editor, string label) => Labelled(editor.Find("form"), label);

    private static IElement Labelled(IElement within, string label) => within.QuerySelector($"[aria-label='{label}']")!;
}
