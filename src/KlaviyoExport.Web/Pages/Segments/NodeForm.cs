using System.Text.Json.Serialization;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Web.Pages.Segments;

/// <summary>The form of a node in the condition tree.</summary>
[JsonDerivedType(typeof(GroupForm), "group")]
[JsonDerivedType(typeof(ConditionForm), "condition")]
[JsonDerivedType(typeof(ReferenceForm), "segment")]
public abstract class NodeForm
{
    public abstract ConditionNode ToNode();

    public static NodeForm Of(ConditionNode node) =>
        node switch
        {
            ConditionGroup group => GroupForm.Of(group),
            Condition condition => ConditionForm.Of(condition),
            SegmentCondition reference => new ReferenceForm { SegmentId = reference.SegmentId, IsMember = reference.IsMember },
            _ => throw new NotSupportedException(node.GetType().Name),
        };
}

/// <summary>The form of a group of conditions.</summary>
public sealed class GroupForm : NodeForm
{
    public GroupKind Kind { get; set; }

    [JsonObjectCreationHandling(JsonObjectCreationHandling.Populate)]
    public List<NodeForm> Parts { get; } = [];

    public override ConditionGroup ToNode() => new(Kind, [.. Parts.Select(part => part.ToNode())]);

    public static GroupForm Of(ConditionGroup group)
    {
        var form = new GroupForm { Kind = group.Kind };
        form.Parts.AddRange(group.Parts.Select(NodeForm.Of));
        return form;
    }
}

/// <summary>The form of a condition that requires membership of another segment.</summary>
public sealed class ReferenceForm : NodeForm
{
    /// <summary>The other segment. 0 while none is chosen.</summary>
    public int SegmentId { get; set; }

    public bool IsMember { get; set; } = true;

    public override SegmentCondition ToNode() => new(SegmentId, IsMember);
}

/// <summary>The form of a condition.</summary>
public sealed class ConditionForm : NodeForm
{
    private static readonly char[] LineBreaks = ['\n', '\r'];

    public string Field { get; set; } = "";

    public Operator Operator { get; set; }

    /// <summary>The value, or the first of two values.</summary>
    public string Value { get; set; } = "";

    /// <summary>The second of two values.</summary>
    public string Last { get; set; } = "";

    /// <summary>The values of a list, one per line.</summary>
    public string Lines { get; set; } = "";

    /// <summary>Selects a field. Resets the values, and if necessary the operator, when the type of the field changes.</summary>
    public void Choose(string name, IReadOnlyList<Field> fields)
    {
        var before = TypeOf(Field, fields);
        Field = name;
        var now = TypeOf(name, fields);
        if (now == before)
            return;
        if (!Operators.For(now).Contains(Operator))
            Operator = Operators.For(now)[0];
        (Value, Last, Lines) = (now == FieldType.YesNo ? "true" : "", "", "");
    }

    /// <summary>Selects an operator. Keeps the values unless the operator needs values of another type.</summary>
    public void Choose(Operator chosen, FieldType field)
    {
        if (Operators.ValueType(chosen, field) != Operators.ValueType(Operator, field))
            (Value, Last, Lines) = ("", "", "");
        Operator = chosen;
    }

    public override Condition ToNode() =>
        new(
            Field,
            Operator,
            Operators.ArityOf(Operator) switch
            {
                Arity.None => [],
                Arity.Two => [Value, Last],
                Arity.List =>
                [
                    .. Lines.Split(LineBreaks, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct(),
                ],
                _ => [Value],
            }
        );

    public static ConditionForm Of(Condition condition)
    {
        var arity = Operators.ArityOf(condition.Operator);
        return new ConditionForm
        {
            Field = condition.Field,
            Operator = condition.Operator,
            Value = arity is Arity.One or Arity.Two ? condition.Values.ElementAtOrDefault(0) ?? "" : "",
            Last = arity == Arity.Two ? condition.Values.ElementAtOrDefault(1) ?? "" : "",
            Lines = arity == Arity.List ? string.Join('\n', condition.Values) : "",
        };
    }

    private static FieldType TypeOf(string name, IReadOnlyList<Field> fields) =>
        fields.FirstOrDefault(field => field.Name == name)?.Type ?? FieldType.Text;
}
