using System.Text.Json.Serialization;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Web.Pages.Segments;

/// <summary>
/// The form of a segment. It keeps the input of both kinds of definition (conditions and membership table), so that switching between them
/// loses nothing.
/// </summary>
public sealed class SegmentForm
{
    public int? Id { get; set; }

    public string Name { get; set; } = "";

    public int? SourceId { get; set; }

    public bool IsMembership { get; set; }

    [JsonInclude]
    public GroupForm Root { get; private set; } = new();

    public string Table { get; set; } = "";

    /// <summary>The columns of the table with the key, in the order of the source. An empty text is a column that is not chosen yet.</summary>
    public List<string> KeyColumns { get; set; } = [];

    public int Version { get; set; }

    [JsonIgnore]
    public SegmentDefinition Definition =>
        IsMembership ? new MembershipSegment(Table, KlaviyoExport.Sources.KeyColumns.Of(KeyColumns)) : new ConditionSegment(Root.ToNode());

    public SegmentDraft ToDraft() =>
        new()
        {
            Id = Id,
            Name = Name,
            SourceId = SourceId,
            Definition = Definition,
            Version = Version,
        };

    /// <summary>Changes the source and discards the definition, because its fields belong to the previous source.</summary>
    public void ChangeSource(int? id)
    {
        if (SourceId == id)
            return;
        SourceId = id;
        Root = new GroupForm();
        (IsMembership, Table, KeyColumns) = (false, "", []);
    }

    /// <summary>
    /// Returns the fields to show in the preview in addition to the key: fields whose name contains "mail", then fields of the conditions,
    /// then the first fields of the source.
    /// </summary>
    public IReadOnlyList<string> PreviewFields(SourceChoice source, int most)
    {
        var names = source.Fields.Select(field => field.Name).Where(name => !source.KeyColumns.Contains(name)).ToList();
        var used = IsMembership ? [] : Conditions(Root).Select(condition => condition.Field);
        var addresses = names.Where(name => name.Contains("mail", StringComparison.OrdinalIgnoreCase));
        return [.. addresses.Concat(used).Concat(names).Intersect(names).Take(most)];
    }

    public static SegmentForm Of(Segment segment)
    {
        var form = new SegmentForm
        {
            Id = segment.Id,
            Name = segment.Name,
            SourceId = segment.SourceId,
            Version = segment.Version,
        };
        if (segment.Definition is MembershipSegment membership)
            (form.IsMembership, form.Table, form.KeyColumns) = (true, membership.Table, [.. membership.KeyColumns]);
        else if (segment.Definition is ConditionSegment conditions)
            form.Root = GroupForm.Of(conditions.Root);
        return form;
    }

    private static IEnumerable<ConditionForm> Conditions(NodeForm node) =>
        node switch
        {
            GroupForm group => group.Parts.SelectMany(Conditions),
            ConditionForm condition => [condition],
            _ => [],
        };
}
