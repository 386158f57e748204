using System.Globalization;
using KlaviyoExport.Segments;
using KlaviyoExport.Sources;

namespace KlaviyoExport.Tests.Segments;

public sealed class ConditionPhraseTests
{
    public static TheoryData<string, string, Operator, string[]> Phrases =>
        new()
        {
            { "en", "is within the last 90 days", Operator.InLastDays, ["90"] },
            { "en", "is yesterday or today", Operator.InLastDays, ["1"] },
            { "en", "is one of Gold, Platinum", Operator.InList, ["Gold", "Platinum"] },
            { "en", "is one of 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more", Operator.InList, [.. Numbers(12)] },
            { "en", "is not between 2 and 5", Operator.NotBetween, ["2", "5"] },
            { "en", "has its anniversary today", Operator.Anniversary, ["0"] },
            { "sr-Cyrl", "је у последњих 90 дана", Operator.InLastDays, ["90"] },
            { "sr-Cyrl", "је једно од: Gold, Platinum", Operator.InList, ["Gold", "Platinum"] },
            { "ca", "és dins dels darrers 90 dies", Operator.InLastDays, ["90"] },
            { "ca", "no és cap de: Gold", Operator.NotInList, ["Gold"] },
        };

    [Theory]
    [MemberData(nameof(Phrases))]
    public void A_comparison_reads_as_the_rest_of_a_sentence(string language, string phrase, Operator @operator, string[] values) =>
        Assert.Equal(phrase, ConditionPhrase.Of(new Condition("x", @operator, values)).In(new CultureInfo(language)));

    [Theory]
    [InlineData("en", "true", "equals Yes")]
    [InlineData("en", "0", "equals No")]
    [InlineData("en", "perhaps", "equals perhaps")]
    [InlineData("sr-Cyrl", "1", "је једнако Да")]
    [InlineData("ca", "true", "és igual a Sí")]
    public void Yes_and_no_are_written_as_in_the_form(string language, string value, string phrase)
    {
        var condition = new Condition("x", Operator.Equal, [value]);

        Assert.Equal(phrase, ConditionPhrase.Of(condition, type: FieldType.YesNo).In(new CultureInfo(language)));
        Assert.EndsWith(value, ConditionPhrase.Of(condition, type: FieldType.Text).In(new CultureInfo(language)), StringComparison.Ordinal);
        Assert.EndsWith(
            "…",
            ConditionPhrase.Of(condition, showsValues: false, FieldType.YesNo).In(new CultureInfo(language)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("en")]
    [InlineData("sr-Cyrl")]
    [InlineData("ca")]
    public void Every_operator_has_a_phrase_with_and_without_values(string language)
    {
        foreach (var @operator in Enum.GetValues<Operator>())
        foreach (string[] values in new string[][] { [], ["0"], ["1"], ["2", "3"] })
        {
            var condition = new Condition("x", @operator, values);
            Assert.NotEmpty(ConditionPhrase.Of(condition).In(new CultureInfo(language)));
            Assert.DoesNotContain('3', ConditionPhrase.Of(condition, showsValues: false).In(new CultureInfo(language)));
        }
    }

    private static IEnumerable<string> Numbers(int count) =>
        Enumerable.Range(1, count).Select(number => number.ToString(CultureInfo.InvariantCulture));
}
