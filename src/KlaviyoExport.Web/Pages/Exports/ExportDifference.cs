using KlaviyoExport.Exports;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>What somebody else saved and what this form holds, where they differ.</summary>
/// <param name="Field">Name of the field's text.</param>
/// <param name="TakeTheirs">Puts theirs into the form.</param>
public sealed record ExportDifference(string Field, string Theirs, string Mine, Action<ExportForm> TakeTheirs);

/// <summary>Finds the differences; the names of what is chosen by number come from the page.</summary>
internal sealed class ExportDifferences(
    Func<int?, string> connectionName,
    Func<int?, string> sourceName,
    Func<IEnumerable<int>, string> segmentNames,
    Func<SyncMode, string> modeName
)
{
    public IReadOnlyList<ExportDifference> Between(ExportDraft theirs, ExportForm form)
    {
        var mine = form.ToDraft();
        var found = new List<ExportDifference>();
        Add("Name", theirs.Name, mine.Name, target => target.Name = theirs.Name);
        // A list is of an account, and fields and segments are of a source: these go together.
        if (theirs.ConnectionId != mine.ConnectionId)
            found.Add(
                new(
                    "ConnectionAndList",
                    $"{connectionName(theirs.ConnectionId)}, {theirs.ListId}",
                    $"{connectionName(mine.ConnectionId)}, {mine.ListId}",
                    TakeList
                )
            );
        else
            Add("ListId", theirs.ListId, mine.ListId, TakeList);
        if (theirs.SourceId != mine.SourceId)
        {
            found.Add(
                new(
                    "SourceAndMore",
                    DescribeSource(theirs),
                    DescribeSource(mine),
                    target =>
                    {
                        target.SourceId = theirs.SourceId;
                        target.EmailField = theirs.EmailField ?? "";
                        TakeFields(target);
                        TakeSegments(target);
                    }
                )
            );
        }
        else
        {
            Add("Email", theirs.EmailField ?? "", mine.EmailField ?? "", target => target.EmailField = theirs.EmailField ?? "");
            Add("FurtherFields", Fields(theirs), Fields(mine), TakeFields);
            Add("Segments", segmentNames(theirs.SegmentIds), segmentNames(mine.SegmentIds), TakeSegments);
        }
        Add("SyncMode", modeName(theirs.SyncMode), modeName(mine.SyncMode), target => target.SyncMode = theirs.SyncMode);
        return found;

        void Add(string field, string their, string my, Action<ExportForm> take)
        {
            if (their != my)
                found.Add(new(field, their, my, take));
        }

        void TakeList(ExportForm target) => (target.ConnectionId, target.ListId, target.List) = (theirs.ConnectionId, theirs.ListId, null);

        void TakeFields(ExportForm target)
        {
            target.Fields.Clear();
            target.Fields.AddRange(theirs.Fields.Select(MappingRow.Of));
        }

        void TakeSegments(ExportForm target)
        {
            target.SegmentIds.Clear();
            target.SegmentIds.UnionWith(theirs.SegmentIds);
        }
    }

    private string DescribeSource(ExportDraft draft) =>
        $"{sourceName(draft.SourceId)}: {draft.EmailField}; {Fields(draft)}; {segmentNames(draft.SegmentIds)}";

    private static string Fields(ExportDraft draft) =>
        string.Join(", ", draft.Fields.Select(mapping => $"{mapping.Field} → {mapping.Attribute}"));
}
