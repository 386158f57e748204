using KlaviyoExport.Exports;
using KlaviyoExport.Runs;

namespace KlaviyoExport.Web.Pages.Exports;

/// <summary>A difference between an export that another person has saved and the form.</summary>
/// <param name="Field">The name of the field's text.</param>
/// <param name="Theirs">The saved value, as text.</param>
/// <param name="Mine">The value in the form, as text.</param>
/// <param name="TakeTheirs">Sets the form to the saved value.</param>
public sealed record ExportDifference(string Field, string Theirs, string Mine, Action<ExportForm> TakeTheirs);

/// <summary>Finds the differences. The functions return the display names of ids.</summary>
internal sealed class ExportDifferences(
    Func<int?, string> connectionName,
    Func<int?, string> sourceName,
    Func<IEnumerable<int>, string> segmentNames,
    Func<SyncMode, string> modeName,
    Func<Audience, string> audienceName,
    ListRuleTexts rules,
    FieldRuleTexts fieldRules
)
{
    public IReadOnlyList<ExportDifference> Between(ExportDraft theirs, ExportForm form)
    {
        var mine = form.ToDraft();
        var found = new List<ExportDifference>();
        Add("Name", theirs.Name, mine.Name, target => target.Name = theirs.Name);
        // A list belongs to a connection, and fields and segments belong to a source, so they can only be taken together.
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
                        TakeExcluded(target);
                    }
                )
            );
        }
        else
        {
            Add("Email", theirs.EmailField ?? "", mine.EmailField ?? "", target => target.EmailField = theirs.EmailField ?? "");
            Add("FurtherFields", Fields(theirs), Fields(mine), TakeFields);
            Add("Segments", segmentNames(theirs.SegmentIds), segmentNames(mine.SegmentIds), TakeSegments);
            Add("ExcludedSegments", segmentNames(theirs.ExcludedSegmentIds), segmentNames(mine.ExcludedSegmentIds), TakeExcluded);
        }
        Add("SyncMode", modeName(theirs.SyncMode), modeName(mine.SyncMode), target => target.SyncMode = theirs.SyncMode);
        Add("Audience", audienceName(theirs.Audience), audienceName(mine.Audience), target => target.Audience = theirs.Audience);
        var (their, my) = (theirs.ListRules, mine.ListRules);
        Add(
            "WhenRemovedByHand",
            rules.WhenRemovedByHand(their),
            rules.WhenRemovedByHand(my),
            target => target.WhenRemovedByHand = their.WhenRemovedByHand
        );
        Add("Verify", rules.Verify(their), rules.Verify(my), target => target.Verify = their.Verify);
        Add("Approval", rules.Approval(their), rules.Approval(my), target => target.TakeApproval(their));
        return found;

        void Add(string field, string saved, string entered, Action<ExportForm> take)
        {
            if (saved != entered)
                found.Add(new(field, saved, entered, take));
        }

        void TakeList(ExportForm target) => (target.ConnectionId, target.ListId, target.List) = (theirs.ConnectionId, theirs.ListId, null);

        void TakeFields(ExportForm target)
        {
            target.Fields.Clear();
            target.Fields.AddRange(theirs.Fields.Select(MappingRow.Of));
        }

        void TakeSegments(ExportForm target)
        {
            Take(target.SegmentIds, theirs.SegmentIds);
            target.ExcludedSegmentIds.ExceptWith(theirs.SegmentIds);
        }

        void TakeExcluded(ExportForm target)
        {
            Take(target.ExcludedSegmentIds, theirs.ExcludedSegmentIds);
            target.SegmentIds.ExceptWith(theirs.ExcludedSegmentIds);
        }

        static void Take(HashSet<int> target, IReadOnlyList<int> saved)
        {
            target.Clear();
            target.UnionWith(saved);
        }
    }

    private string DescribeSource(ExportDraft draft) =>
        $"{sourceName(draft.SourceId)}: {draft.EmailField}; {Fields(draft)}; {segmentNames(draft.SegmentIds)}"
        + (draft.ExcludedSegmentIds.Count == 0 ? "" : $" – {segmentNames(draft.ExcludedSegmentIds)}");

    private string Fields(ExportDraft draft) => string.Join(", ", draft.Fields.Select(fieldRules.Whole));
}
