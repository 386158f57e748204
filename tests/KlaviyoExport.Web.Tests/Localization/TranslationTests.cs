using System.Text.RegularExpressions;

namespace KlaviyoExport.Web.Tests.Localization;

/// <summary>Every text is translated, and written as its language is written.</summary>
public sealed partial class TranslationTests
{
    // Words that are the same in English and Catalan, and names of products and units.
    private static readonly string[] SameInCatalan =
    [
        "Bucket",
        "Bytes",
        "Format",
        "General",
        "Incremental",
        "No",
        "no",
        "Port",
        "Secret",
        "Segment",
        "Segments",
        "Sessions",
        "Text",
        "text",
        "Webhooks",
        "{0:N0} h",
        "{0} d",
        "{0} h",
        "{0} h {1} min",
        "{0} min",
        "{0} min {1} s",
        "{0} s",
    ];

    private static readonly string[] Products =
    [
        "Azure Key Vault",
        "Azure Synapse, SQL Server",
        "Databricks",
        "Google BigQuery",
        "IBM Db2",
        "ODBC",
        "Oracle",
        "SAP HANA",
        "Snowflake",
        "Teradata",
    ];

    // Names and technical words that Serbian keeps in Latin script: products, formats, words of configuration files and of Klaviyo's pages.
    private static readonly string[] LatinInSerbian =
    [
        .. "Klaviyo Export Microsoft Entra Azure Key Vault Secrets User Storage Blob Data Reader Lake Synapse Fabric Dataverse".Split(' '),
        .. "Excel Parquet Amazon Snowflake BigQuery Databricks Oracle Teradata Redshift Aurora Database for Server Kerberos Debian".Split(
            ' '
        ),
        .. "Google Authenticator Slack Teams IBM OpenSSH PuTTY Settings keys Create private key Read Full access Integrations".Split(' '),
        .. "Deny Allow webhook Webhook bucket Bucket cron service principal workload identity localhost check".Split(' '),
        .. "all any none field conditions membership env file keyVault read list yes no true false gz zip apt-get install unixodbc".Split(
            ' '
        ),
        .. "csv xls xlsx json jsonl ndjson tsv txt parquet envWhenUsed exportUser memberOf notMemberOf equal inList inLastDays null".Split(
            ' '
        ),
        .. "pg_ pk_ lf ssh-keygen https http MON-FRI version".Split(' '),
    ];

    public static TheoryData<string, char, char, string> Quotes =>
        new()
        {
            { "en", '“', '”', "„«»" },
            { "sr-Cyrl", '„', '“', "”«»" },
            { "ca", '«', '»', "“”„" },
        };

    [Fact]
    public void Every_text_exists_in_every_language()
    {
        Assert.Empty(LocalizedText.WithoutEnglish());
        Assert.All(
            LocalizedText.All,
            text => Assert.All(text.In.Values, words => Assert.False(string.IsNullOrWhiteSpace(words), $"{text}"))
        );
    }

    [Fact]
    public void A_translation_has_the_placeholders_of_the_English_text() =>
        Each((text, language, words) => Assert.Equal(Placeholders(text.In[LocalizedText.English]), Placeholders(words)));

    [Fact]
    public void A_translation_is_not_the_English_text() =>
        Each(
            (text, language, words) =>
                Assert.True(
                    words != text.In[LocalizedText.English]
                        || !Placeholder().Replace(words, "").Any(char.IsLetter)
                        || Products.Contains(words)
                        || (language == "ca" && SameInCatalan.Contains(words)),
                    $"{text} is not translated: {words}"
                )
        );

    [Fact]
    public void Serbian_is_written_in_Cyrillic() =>
        Assert.All(
            LocalizedText.All,
            text =>
                Assert.Subset(
                    LatinInSerbian.ToHashSet(),
                    Latin()
                        .Matches(Technical().Replace(Placeholder().Replace(text.In["sr-Cyrl"], ""), ""))
                        .Select(word => word.Value.TrimEnd('.', ':', '-', '/'))
                        .ToHashSet()
                )
        );

    [Theory]
    [MemberData(nameof(Quotes))]
    public void Quotes_are_those_of_the_language(string language, char opening, char closing, string foreign) =>
        Assert.All(
            LocalizedText.All,
            text =>
            {
                var words = text.In[language];
                Assert.DoesNotContain(words, letter => foreign.Contains(letter, StringComparison.Ordinal));
                Assert.Equal(words.Count(letter => letter == opening), words.Count(letter => letter == closing));
            }
        );

    [Fact]
    public void Apostrophes_and_ellipses_are_typographic_and_spaces_single() =>
        Assert.All(
            // The text to which people agreed stays as it was; PrivacyTextTests compares it with its version.
            LocalizedText.All.Where(text => !text.Key.StartsWith("Privacy.", StringComparison.Ordinal)),
            text => Assert.All(text.In.Values, words => Assert.DoesNotMatch(@"\w'\w|\.\.\.|  ", words))
        );

    [Fact]
    public void A_translation_ends_as_the_English_text() =>
        Each(
            (text, language, words) =>
                // A letter greets with a colon in Catalan, and Serbian abbreviates thousands.
                Assert.True(
                    text.Key is "Mail.Greeting" or "Thousands" || End(text.In[LocalizedText.English]) == End(words),
                    $"{text}: {words}"
                )
        );

    private static void Each(Action<LocalizedText, string, string> check) =>
        Assert.All(LocalizedText.All, text => Assert.All(LocalizedText.Translations, language => check(text, language, text.In[language])));

    private static IEnumerable<string> Placeholders(string text) =>
        Number().Matches(text).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal);

    private static string End(string text) => text[^1] is '.' or '?' or ':' or '…' or ',' ? text[^1..] : "";

    [GeneratedRegex(@"\{\d+[^}]*\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"(?<!\{)\{\d+")]
    private static partial Regex Number();

    [GeneratedRegex("[A-Za-z][A-Za-z0-9_./-]*")]
    private static partial Regex Latin();

    // Quoted words of files, addresses, paths, names of files, settings and variables, codes and abbreviations in capitals.
    [GeneratedRegex(
        @"„[ -~]+“|https?://\S*|\b\w+(/[\w.-]+)+|"
            + @"\b\w+(\.\w+)+\b|\b\w+(:\w+)+|\b[A-Z]{2,}\w*|\b[A-Za-z]+\d+\w*|\b[a-z0-9]+(-[a-z0-9]+)+\b|\b\w*SQL\w*|\b\w*DB\b|\b\d+\w+"
    )]
    private static partial Regex Technical();
}
