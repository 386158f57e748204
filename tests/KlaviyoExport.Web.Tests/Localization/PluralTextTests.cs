using System.Globalization;
using System.Text.RegularExpressions;

namespace KlaviyoExport.Web.Tests.Localization;

/// <summary>A text bends with its numbers; see <see cref="CountedText"/>.</summary>
public sealed partial class PluralTextTests
{
    public static TheoryData<string> Languages => [LocalizedText.English, .. LocalizedText.Translations];

    [Theory]
    [MemberData(nameof(Languages))]
    public void A_text_names_every_plural_form_of_its_language(string language) =>
        Assert.All(
            LocalizedText.All,
            text =>
                Assert.All(
                    Alternatives(text.In[language]),
                    alternatives => Assert.Equal(PluralForms.CountOf(new CultureInfo(language)), alternatives.Length)
                )
        );

    [Fact]
    public void A_noun_that_bends_in_one_text_bends_in_every_text()
    {
        var nouns = LocalizedText
            .All.SelectMany(text => Alternatives(text.In[LocalizedText.English]))
            .Select(alternatives => alternatives[^1])
            .Where(form => form.EndsWith('s') && !form.Contains(' ', StringComparison.Ordinal))
            .ToHashSet();

        Assert.True(nouns.Count > 20);
        Assert.All(
            LocalizedText.All,
            text =>
                Assert.DoesNotContain(Beside().Matches(text.In[LocalizedText.English]), match => nouns.Contains(match.Groups["word"].Value))
        );
    }

    [Fact]
    public void A_translation_bends_with_the_numbers_with_which_the_English_text_bends() =>
        Assert.All(
            LocalizedText.All,
            text =>
            {
                var counted = Counted(text.In[LocalizedText.English]).ToHashSet();
                Assert.All(
                    LocalizedText.Translations.Select(language => text.In[language]),
                    words =>
                        Assert.Empty(
                            Beside()
                                .Matches(words)
                                .Select(match => match.Groups["number"].Value)
                                .Where(counted.Contains)
                                .Except(Counted(words))
                        )
                );
            }
        );

    private static IEnumerable<string[]> Alternatives(string text) =>
        Forms().Matches(text).Select(match => match.Groups["forms"].Value.Split(CountedText.Separator));

    private static IEnumerable<string> Counted(string text) => Forms().Matches(text).Select(match => match.Groups["number"].Value);

    [GeneratedRegex(@"\{(?<number>\d+):(?<forms>[^}|]*\|[^}]*)\}")]
    private static partial Regex Forms();

    // A number and a word after it, such as {0:N0} profiles.
    [GeneratedRegex(@"\{(?<number>\d+)(:[^}|]*)?\} (?<word>\p{L}+)")]
    private static partial Regex Beside();
}
