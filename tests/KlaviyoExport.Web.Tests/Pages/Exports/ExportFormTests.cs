using KlaviyoExport.Exports;
using KlaviyoExport.Runs;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Exports;

namespace KlaviyoExport.Web.Tests.Pages.Exports;

public sealed class ExportFormTests
{
    private static readonly MatchableSource Customers = new(
        7,
        "Customers",
        [
            new Field("id", FieldType.Text, 1, ["C-1", "C-2"]),
            new Field("contact", FieldType.Text, 0.9, ["ana@example.com", "jordi@example.com"]),
            new Field("First name", FieldType.Text, 1, ["Ana"]),
        ]
    );

    [Fact]
    public void A_segment_is_selected_or_excluded_but_not_both()
    {
        var form = new ExportForm();
        form.Toggle(3);
        form.ToggleExcluded(3);
        Assert.Equal(("", "3"), (string.Join(',', form.SegmentIds), string.Join(',', form.ExcludedSegmentIds)));
        form.Toggle(3);
        Assert.Equal(("3", ""), (string.Join(',', form.SegmentIds), string.Join(',', form.ExcludedSegmentIds)));
        form.ToggleExcluded(4);
        form.ToggleExcluded(5);
        form.ToggleExcluded(5);
        Assert.Equal([4], form.ToDraft().ExcludedSegmentIds);
        Assert.Equal([4], ExportForm.Of(form.Read()).ExcludedSegmentIds);
    }

    [Fact]
    public void Missing_values_are_listed_in_the_order_of_the_form()
    {
        Assert.Equal(
            ["Missing.Name", "Missing.Connection", "Missing.List", "Missing.Source", "Missing.Segment"],
            new ExportForm().Missing()
        );
    }

    [Fact]
    public void A_field_with_email_addresses_is_proposed_whatever_its_name()
    {
        var form = new ExportForm();
        form.ChangeSource(Customers);

        Assert.Equal("contact", form.EmailField);
    }

    [Fact]
    public void Another_source_clears_the_choices_of_the_old_one()
    {
        var form = new ExportForm { SourceId = 1, EmailField = "mail" };
        form.SegmentIds.Add(3);
        form.Fields.Add(new MappingRow { Field = "x", PropertyName = "x" });
        form.ChangeSource(Customers);

        Assert.Equal(7, form.SourceId);
        Assert.Empty(form.SegmentIds);
        Assert.Empty(form.Fields);
    }

    [Fact]
    public void An_export_survives_the_form_unchanged()
    {
        var draft = new ExportDraft
        {
            Id = 5,
            Name = "A",
            ConnectionId = 1,
            ListId = "Y6nRLr",
            SourceId = 7,
            EmailField = "contact",
            Fields = [new("First name", "first_name"), new("Tier", "properties.Loyalty tier")],
            SegmentIds = [3, 4],
            SyncMode = SyncMode.Mirror,
            ListRules = new()
            {
                WhenRemovedByHand = WhenRemovedByHand.PutBack,
                Verify = VerifyList.Daily,
                ApprovalShare = 0.07,
                ApprovalAtLeast = 25,
            },
            Version = 9,
        };

        var after = ExportForm.Of(draft).ToDraft();

        Assert.Equal(
            draft with
            {
                Fields = [],
                SegmentIds = [],
                ExcludedSegmentIds = [],
            },
            after with
            {
                Fields = [],
                SegmentIds = [],
                ExcludedSegmentIds = [],
            }
        );
        Assert.Equal(draft.Fields, after.Fields);
        Assert.Equal(draft.SegmentIds.Order(), after.SegmentIds.Order());
        Assert.Empty(ExportForm.Of(draft).Missing());
    }

    [Theory]
    [InlineData(0.01, 1)]
    [InlineData(0.07, 7)]
    [InlineData(0.29, 29)]
    [InlineData(0.125, 12.5)]
    [InlineData(100, 10_000)]
    public void A_share_is_shown_in_percent_and_stays_the_same(double share, double percent)
    {
        var form = ExportForm.Of(
            new ExportDraft
            {
                Name = "A",
                ListRules = new() { ApprovalShare = share },
            }
        );

        Assert.Equal(percent, form.ApprovalPercent);
        Assert.Equal(share, form.ToDraft().ListRules.ApprovalShare);
        Assert.False(form.IsDirty);
    }

    [Fact]
    public void The_rules_are_kept_with_the_unsaved_form()
    {
        var form = ExportForm.Of(new ExportDraft { Name = "A" });
        (form.WhenRemovedByHand, form.Verify) = (WhenRemovedByHand.PutBack, VerifyList.Weekly);
        (form.ApprovalPercent, form.ApprovalAtLeast) = (12.5, 40);

        var restored = ExportForm.Of(form.Read());

        Assert.True(restored.IsDirty);
        Assert.Equal(form.ToDraft().ListRules, restored.ToDraft().ListRules);
    }

    [Fact]
    public void An_incomplete_field_prevents_saving_the_export()
    {
        var form = ExportForm.Of(
            new ExportDraft
            {
                Name = "A",
                ConnectionId = 1,
                ListId = "x",
                SourceId = 7,
                EmailField = "contact",
                SegmentIds = [3],
            }
        );
        form.Fields.Add(new MappingRow());

        Assert.Equal(["Missing.Field"], form.Missing());
    }

    [Theory]
    [InlineData("First name", "first_name")]
    [InlineData("first_name", "first_name")]
    [InlineData("City", "location.city")]
    [InlineData("Tier", "properties.Tier")]
    [InlineData("email", "properties.email")]
    public void A_field_is_proposed_for_the_attribute_of_its_name(string field, string attribute)
    {
        var row = new MappingRow();
        row.Choose(field);

        Assert.Equal(new FieldMapping(field, attribute), row.ToMapping());
    }
}
