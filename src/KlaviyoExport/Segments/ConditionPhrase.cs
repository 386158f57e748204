using System.Globalization;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Segments;

/// <summary>Writes a comparison with its values so that it continues a sentence that begins with the field.</summary>
public static class ConditionPhrase
{
    /// <summary>The maximum number of values of a list that are written. The phrase tells how many more there are.</summary>
    public const int Shown = 10;

    /// <summary>Returns a phrase such as "is within the last 90 days" or "is one of Gold, Platinum".</summary>
    /// <param name="condition">The condition. It need not be valid.</param>
    /// <param name="showsValues">Whether to write the values, which can be email addresses. If not, the phrase has "…" instead.</param>
    /// <param name="type">The type of the field. Null when it is not known: then yes and no are written as they are stored.</param>
    public static LocalizedMessage Of(Condition condition, bool showsValues = true, FieldType? type = null)
    {
        var values = showsValues ? condition.Values : [.. condition.Values.Select(_ => "…").Take(2)];
        var code = $"Segments.Phrase.{condition.Operator}{FormOf(condition, showsValues)}";
        return Operators.ArityOf(condition.Operator) switch
        {
            Arity.None => new LocalizedMessage(code),
            Arity.List when !showsValues => new LocalizedMessage(code, "…"),
            Arity.List when values.Count > Shown => new LocalizedMessage(
                code,
                new LocalizedMessage("Segments.ListAndMore", string.Join(", ", values.Take(Shown)), values.Count - Shown)
            ),
            Arity.List => new LocalizedMessage(code, string.Join(", ", values)),
            Arity.One when type == FieldType.YesNo && values is [var text] && FieldValue.TryYesNo(text, out var yes) =>
                new LocalizedMessage(code, new LocalizedMessage(yes ? "Segments.Yes" : "Segments.No")),
            _ => new LocalizedMessage(code, values.ElementAtOrDefault(0) ?? "", values.ElementAtOrDefault(1) ?? ""),
        };
    }

    /// <summary>A small number of days has its own words.</summary>
    private static string FormOf(Condition condition, bool showsValues) =>
        showsValues
        && Operators.CountsDays(condition.Operator)
        && condition.Values is [var text]
        && int.TryParse(text, CultureInfo.InvariantCulture, out var days)
            ? (days, condition.Operator) switch
            {
                (0, Operator.Anniversary) => ".Zero",
                (1, _) => ".One",
                _ => "",
            }
            : "";
}
