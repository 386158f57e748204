using System.Text.Json.Nodes;
using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.Segments;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>The form of segments in a file.</summary>
internal static class SegmentShapes
{
    private static readonly ItemShape<MembershipSegment> Membership = new ItemShape<MembershipSegment>(
        "membership",
        new MembershipSegment("", [])
    )
    {
        OneOf = KeyShapes.OneOf,
    }
        .With(
            "table",
            "The table or view.",
            new TextShape(300, trims: false),
            item => item.Table,
            (item, value) => item with { Table = value },
            isRequired: true
        )
        .WithKey("The column with the keys of the members.", item => item.KeyColumns, (item, value) => item with { KeyColumns = value });

    public static ItemShape<DeclaredSegment> Segment { get; } =
        new ItemShape<DeclaredSegment>("segment", new DeclaredSegment())
        {
            Check = (segment, map, faults) =>
            {
                if ((segment.Conditions is null) == (segment.Membership is null))
                    faults.Add(map.At, "ConfigurationFiles.SegmentWanted");
                return segment;
            },
            Refine = schema => schema["oneOf"] = new JsonArray(Required("conditions"), Required("membership")),
        }
            .With(
                "name",
                "The unique name of the segment.",
                new NameShape(),
                item => item.Name,
                (item, value) => item with { Name = value },
                isRequired: true
            )
            .With(
                "source",
                "The name of the source whose profiles can be members.",
                new NameShape(),
                item => item.Source,
                (item, value) => item with { Source = value },
                isRequired: true
            )
            .WithOptional(
                "conditions",
                "The conditions that members meet. “all: []” is every profile.",
                new ConditionShape(),
                item => item.Conditions,
                (item, value) => item with { Conditions = ConditionShape.GroupOf(value) }
            )
            .WithOptional(
                "membership",
                "A table or view of the same database that contains the keys of the members, instead of conditions.",
                Membership,
                item => item.Membership,
                (item, value) => item with { Membership = value }
            );

    private static JsonObject Required(string key) => new() { ["required"] = new JsonArray(key) };
}
