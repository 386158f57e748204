using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>Tells whether rows that are held in memory are members of segments, and why.</summary>
/// <param name="Fields">The fields of the source.</param>
/// <param name="Today">The present UTC day.</param>
/// <param name="Places">The fields in the order of the values of a row.</param>
/// <param name="Memberships">The tables in the order of <see cref="SourceRow.IsInTable"/>.</param>
/// <param name="Definitions">The resolved definition of each segment, or why it cannot be read.</param>
internal sealed record SegmentDecider(
    IReadOnlyList<Field> Fields,
    DateOnly Today,
    string[] Places,
    IReadOnlyList<MembershipSegment> Memberships,
    IReadOnlyDictionary<int, (SegmentDefinition? Definition, LocalizedMessage? Fault)> Definitions
)
{
    /// <summary>Returns the decider for the rows of one key.</summary>
    public OfKey ForKey(IReadOnlyList<SourceRow> rows) => new(this, rows);

    /// <summary>Decides about the rows of one key.</summary>
    internal sealed class OfKey
    {
        private readonly SegmentDecider _of;
        private readonly IReadOnlyList<SourceRow> _rows;
        private readonly ConditionTest _test;
        private readonly Dictionary<KeyCondition, bool> _isIn = [];

        public OfKey(SegmentDecider of, IReadOnlyList<SourceRow> rows)
        {
            (_of, _rows) = (of, rows);
            _test = new ConditionTest(of.Fields, of.Today, PlaceOf, key => _ => IsKeyIn(key));
        }

        public bool IsMember(Segment segment, SourceRow row) =>
            _of.Definitions[segment.Id].Definition is { } definition && IsMember(definition, row);

        /// <param name="segment">The segment.</param>
        /// <param name="read">The row that explains why the profile is not a member.</param>
        public SegmentVerdict Verdict(Segment segment, SourceRow read)
        {
            var (definition, fault) = _of.Definitions[segment.Id];
            if (definition is null)
                return new SegmentVerdict(segment.Id, segment.Name, null, [], null, fault);
            var row = _rows.FirstOrDefault(row => IsMember(definition, row)) ?? read;
            IReadOnlyList<DecidingCondition> deciding = definition is ConditionSegment { Root: var root }
                ? new ConditionReasons(_test, PlaceOf, DecidingRow).Of(root, row.Values)
                : [];
            return new SegmentVerdict(segment.Id, segment.Name, IsMember(definition, row), deciding, definition as MembershipSegment, null);
        }

        private bool IsMember(SegmentDefinition definition, SourceRow row) =>
            definition switch
            {
                ConditionSegment { Root: var root } => _test.Of(root)(row.Values),
                MembershipSegment membership => row.IsInTable[_of.Memberships.ToList().IndexOf(membership)],
                _ => throw new NotSupportedException(definition.GetType().Name),
            };

        private bool IsKeyIn(KeyCondition key)
        {
            if (!_isIn.TryGetValue(key, out var isIn))
                _isIn[key] = isIn = _rows.Any(row => IsMember(key.Definition, row));
            return isIn;
        }

        private string?[] DecidingRow(KeyCondition key) => (_rows.FirstOrDefault(row => IsMember(key.Definition, row)) ?? _rows[0]).Values;

        private int PlaceOf(string field) => Array.IndexOf(_of.Places, field);
    }
}
