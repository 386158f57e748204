using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using KlaviyoExport.ConfigurationFiles.Shapes;
using KlaviyoExport.ConfigurationFiles.Yaml;
using KlaviyoExport.Segments;

namespace KlaviyoExport.ConfigurationFiles.Document;

/// <summary>
/// A condition or a group of conditions: <c>all: [...]</c>, <c>any: [...]</c> or <c>none: [...]</c>; a field with one operator, such as
/// <c>{ field: tier, inList: [Gold, Platinum] }</c>; <c>memberOf</c> or <c>notMemberOf</c> another segment.
/// </summary>
internal sealed partial class ConditionShape : Shape<ConditionNode>
{
    private const string Field = "field";
    private const string MemberOf = "memberOf";
    private const string NotMemberOf = "notMemberOf";

    private static readonly TextShape FieldName = new(200, trims: false);
    private static readonly NameShape SegmentName = new();
    private static readonly Dictionary<string, GroupKind> Groups = Enum.GetValues<GroupKind>().ToDictionary(ChoiceShape.WordOf);
    private static readonly Dictionary<string, Operator> Words = Enum.GetValues<Operator>().ToDictionary(ChoiceShape.WordOf);

    public override bool TryRead(YamlNode node, FaultList faults, out ConditionNode value)
    {
        value = new ConditionGroup(GroupKind.All, []);
        if (node is not YamlMap map)
        {
            faults.Add(node.At, "ConfigurationFiles.ConditionWanted");
            return false;
        }
        string[] known = [Field, MemberOf, NotMemberOf, .. Groups.Keys, .. Words.Keys];
        foreach (var unknown in map.Entries.Where(entry => !known.Contains(entry.Key)))
        {
            if (Nearest.To(unknown.Key, known) is { } near)
                faults.Add(unknown.At, "ConfigurationFiles.KeyNear", unknown.Key, near);
            else
                faults.Add(unknown.At, "ConfigurationFiles.KeyUnknown", unknown.Key, string.Join(", ", known));
            return false;
        }
        if (map.Find(Field) is { } field)
            return TryCondition(map, field, faults, out value);
        if (map.Entries is not [var only] || Words.ContainsKey(only.Key))
        {
            faults.Add(map.At, "ConfigurationFiles.ConditionWanted");
            return false;
        }
        return Groups.TryGetValue(only.Key, out var kind)
            ? TryGroup(kind, only.Value, faults, out value)
            : TryMember(only, faults, out value);
    }

    public override YamlNode Write(ConditionNode value) =>
        value switch
        {
            ConditionGroup group => Map(false, (ChoiceShape.WordOf(group.Kind), new YamlList(Place.None, [.. group.Parts.Select(Write)]))),
            Condition condition => Map(
                true,
                (Field, FieldName.Write(condition.Field)),
                (ChoiceShape.WordOf(condition.Operator), WriteValues(condition))
            ),
            NamedSegment named => Map(true, (named.IsMember ? MemberOf : NotMemberOf, SegmentName.Write(named.Name))),
            _ => throw new ArgumentException("A segment has a name in a file.", nameof(value)),
        };

    public override JsonObject Schema(SchemaParts parts) =>
        parts.Reference("condition", () => new JsonObject { ["oneOf"] = new JsonArray([.. Forms(parts)]) });

    /// <summary>A group, which is what a segment begins with.</summary>
    public static ConditionGroup GroupOf(ConditionNode node) => node as ConditionGroup ?? new ConditionGroup(GroupKind.All, [node]);

    private bool TryGroup(GroupKind kind, YamlNode node, FaultList faults, out ConditionNode value)
    {
        var isRead = new ListShape<ConditionNode>(this) { Most = SegmentRules.MaxConditions }.TryRead(node, faults, out var list);
        value = new ConditionGroup(kind, list);
        return isRead;
    }

    private static bool TryMember(YamlEntry entry, FaultList faults, out ConditionNode value)
    {
        var isRead = SegmentName.TryRead(entry.Value, faults, out var name);
        value = new NamedSegment(name, entry.Key == MemberOf);
        return isRead;
    }

    private static bool TryCondition(YamlMap map, YamlNode field, FaultList faults, out ConditionNode value)
    {
        value = new ConditionGroup(GroupKind.All, []);
        var others = map.Entries.Where(entry => entry.Key != Field).ToList();
        if (others is not [var only] || !Words.TryGetValue(only.Key, out var word))
        {
            faults.Add(map.At, "ConfigurationFiles.OperatorWanted");
            return false;
        }
        if (!FieldName.TryRead(field, faults, out var name) || !TryValues(word, only.Value, faults, out var values))
            return false;
        value = new Condition(name, word, values);
        return true;
    }

    private static bool TryValues(Operator word, YamlNode node, FaultList faults, out IReadOnlyList<string> values)
    {
        values = [];
        switch (Operators.ArityOf(word))
        {
            case Arity.None when node is YamlScalar { Text: "true" }:
                return true;
            case Arity.None:
                faults.Add(node.At, "ConfigurationFiles.TrueWanted", ChoiceShape.WordOf(word));
                return false;
            case Arity.One when TryText(node, faults, out var text):
                values = [text];
                return true;
            case Arity.One:
                return false;
            case Arity.Two:
                return new ListShape<string>(new ValueShape()) { Least = 2, Most = 2 }.TryRead(node, faults, out values);
            default:
                return new ListShape<string>(new ValueShape()) { Least = 1, Most = SegmentRules.MaxListValues }.TryRead(
                    node,
                    faults,
                    out values
                );
        }
    }

    private static YamlNode WriteValues(Condition condition) =>
        Operators.ArityOf(condition.Operator) switch
        {
            Arity.None => YamlScalar.Plain("true"),
            Arity.One => WriteValue(condition.Values.Count > 0 ? condition.Values[0] : ""),
            _ => new YamlList(Place.None, [.. condition.Values.Select(WriteValue)]),
        };

    /// <summary>Numbers and truth values are written without quotes.</summary>
    private static YamlScalar WriteValue(string value) =>
        value is "true" or "false" || Number().IsMatch(value) ? YamlScalar.Plain(value) : YamlScalar.Quoted(value);

    private static YamlMap Map(bool isInline, params IEnumerable<(string Key, YamlNode Value)> entries) =>
        new(Place.None, [.. entries.Select(entry => new YamlEntry(entry.Key, Place.None, entry.Value))]) { IsInline = isInline };

    private IEnumerable<JsonNode> Forms(SchemaParts parts)
    {
        foreach (var group in Groups.Keys)
            yield return Form((group, new ListShape<ConditionNode>(this) { Most = SegmentRules.MaxConditions }.Schema(parts)));
        foreach (var word in Words)
            yield return Form((Field, FieldName.Schema(parts)), (word.Key, SchemaOf(word.Value)));
        yield return Form((MemberOf, SegmentName.Schema(parts)));
        yield return Form((NotMemberOf, SegmentName.Schema(parts)));
    }

    private static JsonObject Form(params IReadOnlyList<(string Key, JsonObject Schema)> keys) =>
        new()
        {
            ["type"] = "object",
            ["additionalProperties"] = false,
            ["properties"] = new JsonObject(keys.Select(key => KeyValuePair.Create(key.Key, (JsonNode?)key.Schema))),
            ["required"] = new JsonArray([.. keys.Select(key => (JsonNode)key.Key)]),
        };

    private static JsonObject SchemaOf(Operator word) =>
        Operators.ArityOf(word) switch
        {
            Arity.None => new JsonObject { ["const"] = true },
            Arity.One => ValueShape.Described(),
            Arity.Two => Values(2, 2),
            _ => Values(1, SegmentRules.MaxListValues),
        };

    private static JsonObject Values(int least, int most) =>
        new()
        {
            ["type"] = "array",
            ["items"] = ValueShape.Described(),
            ["minItems"] = least,
            ["maxItems"] = most,
        };

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,10})?\z")]
    private static partial Regex Number();

    /// <summary>A value that a field is compared with, as text.</summary>
    private sealed class ValueShape : Shape<string>
    {
        public override bool TryRead(YamlNode node, FaultList faults, out string value) => TryText(node, faults, out value);

        public override YamlNode Write(string value) => WriteValue(value);

        public override JsonObject Schema(SchemaParts parts) => Described();

        public static JsonObject Described() => new() { ["type"] = new JsonArray("string", "number", "boolean") };
    }
}
