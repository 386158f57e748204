using KlaviyoExport.Segments;
using KlaviyoExport.Sources;
using KlaviyoExport.Web.Pages.Segments;

namespace KlaviyoExport.Web.Tests.Pages.Segments;

public sealed class SegmentFormTests
{
    private static readonly IReadOnlyList<Field> Fields =
    [
        new("id", FieldType.Text, 1, []),
        new("city", FieldType.Text, 1, []),
        new("Email", FieldType.Text, 1, []),
        new("age", FieldType.WholeNumber, 1, []),
        new("spent", FieldType.Number, 1, []),
        new("since", FieldType.Date, 1, []),
        new("active", FieldType.YesNo, 1, []),
    ];

    public static TheoryData<Condition> Conditions =>
        [
            new Condition("city", Operator.IsEmpty, []),
            new Condition("city", Operator.Equal, ["Niš"]),
            new Condition("city", Operator.InList, ["Niš", "Vic", "a, b"]),
            new Condition("age", Operator.Between, ["18", "40"]),
            new Condition("since", Operator.InLastDays, ["30"]),
            new Condition("active", Operator.Equal, ["true"]),
            new Condition("age", Operator.NotBetween, ["18", "40"]),
            new Condition("city", Operator.NotInList, ["Niš", "Vic"]),
            new Condition("since", Operator.Anniversary, ["0"]),
        ];

    [Theory]
    [MemberData(nameof(Conditions))]
    public void A_condition_survives_the_form_unchanged(Condition condition)
    {
        var after = ConditionForm.Of(condition).ToNode();

        Assert.Equal((condition.Field, condition.Operator), (after.Field, after.Operator));
        Assert.Equal(condition.Values, after.Values);
    }

    [Fact]
    public void A_tree_survives_the_form_unchanged()
    {
        var root = new ConditionGroup(
            GroupKind.Any,
            [
                new Condition("city", Operator.IsEmpty, []),
                new ConditionGroup(GroupKind.All, [new Condition("age", Operator.Greater, ["1"])]),
            ]
        );
        var after = ((ConditionSegment)SegmentForm.Of(Stored(new ConditionSegment(root))).Definition).Root;

        Assert.Equal(GroupKind.Any, after.Kind);
        Assert.Equal("city", Assert.IsType<Condition>(after.Parts[0]).Field);
        Assert.Equal("age", Assert.IsType<Condition>(Assert.IsType<ConditionGroup>(after.Parts[1]).Parts[0]).Field);
    }

    [Fact]
    public void A_membership_survives_the_form_unchanged()
    {
        Assert.Equal(
            new MembershipSegment("vip", ["customer"]),
            SegmentForm.Of(Stored(new MembershipSegment("vip", ["customer"]))).Definition
        );
    }

    [Fact]
    public void A_list_has_one_value_per_line_with_any_line_ending()
    {
        var form = new ConditionForm
        {
            Field = "city",
            Operator = Operator.InList,
            Lines = "Niš\r\n\n  Vic \nNiš\n",
        };

        Assert.Equal(["Niš", "Vic"], form.ToNode().Values);
    }

    [Fact]
    public void A_field_of_another_type_takes_an_operator_it_offers_and_forgets_the_values()
    {
        var form = new ConditionForm();
        form.Choose("city", Fields);
        form.Choose(Operator.Contains, FieldType.Text);
        form.Value = "x";
        form.Choose("id", Fields);
        Assert.Equal((Operator.Contains, "x"), (form.Operator, form.Value));

        form.Choose("since", Fields);

        Assert.Equal((Operator.On, ""), (form.Operator, form.Value));
    }

    [Fact]
    public void Values_are_kept_for_an_operator_with_the_same_inputs_and_cleared_otherwise()
    {
        var form = new ConditionForm
        {
            Field = "since",
            Operator = Operator.Before,
            Value = "2026-01-01",
        };
        form.Choose(Operator.After, FieldType.Date);
        Assert.Equal("2026-01-01", form.Value);

        form.Choose(Operator.InLastDays, FieldType.Date);

        Assert.Equal("", form.Value);
    }

    [Fact]
    public void The_preview_shows_addresses_then_requested_fields_then_the_rest_without_the_key()
    {
        var form = SegmentForm.Of(
            Stored(
                new ConditionSegment(
                    new ConditionGroup(
                        GroupKind.All,
                        [new Condition("age", Operator.Greater, ["1"]), new Condition("gone", Operator.IsEmpty, [])]
                    )
                )
            )
        );

        Assert.Equal(
            ["Email", "age", "city", "spent"],
            form.PreviewFields(new SourceChoice(1, "x", SourceKind.Csv, ["id"], 1, IsQuery: false, Fields), 4)
        );
    }

    [Fact]
    public void Choosing_another_source_resets_the_segment_and_the_same_source_does_not()
    {
        var form = SegmentForm.Of(Stored(new MembershipSegment("vip", ["customer"])));
        form.ChangeSource(1);
        Assert.True(form.IsMembership);

        form.ChangeSource(2);

        Assert.Equal((false, "", 0), (form.IsMembership, form.Table, form.KeyColumns.Count));
    }

    private static Segment Stored(SegmentDefinition definition) =>
        new()
        {
            Id = 1,
            Name = "s",
            SourceId = 1,
            CreatedBy = "a",
            Definition = definition,
        };
}
