using System.Text.RegularExpressions;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Components;

namespace KlaviyoExport.Web.Tests.Localization.Literals;

/// <summary>A text that a person sees is in a .resx file, not in code.</summary>
public sealed partial class LiteralTests
{
    // Texts of the console, of the API and of logs are English by design, so elsewhere only what becomes a message is looked for.
    private static readonly string[] ShownToPeople = ["Components", "Localization", "Pages", "Security", "Setup"];

    private static string Source => Path.Combine(Repository.Root, "src");

    [Fact]
    public void A_component_has_no_text_of_its_own() =>
        Assert.All(MarkupLiterals.In(typeof(App).Assembly.Location), found => Assert.True(LiteralExceptions.IsName(found), $"{found}"));

    [Fact]
    public void Code_has_no_text_that_a_person_sees() =>
        Assert.All(FoundInCode(), found => Assert.Contains(found, LiteralExceptions.InCode));

    [Fact]
    public void An_exception_that_nothing_needs_is_removed() => Assert.Empty(LiteralExceptions.InCode.Except(FoundInCode()));

    [Fact]
    public void Every_kind_of_planted_markup_is_found() =>
        Assert.Equal(
            ["Planted between tags", "Planted hint", "Planted in an expression", "Planted label", "Planted text", "Planted title"],
            MarkupLiterals
                .In(typeof(PlantedMarkup).Assembly.Location)
                .Where(found => found.Place == nameof(PlantedMarkup) && found.Text.StartsWith("Planted", StringComparison.Ordinal))
                .Select(found => found.Text)
                .Order(StringComparer.Ordinal)
        );

    [Theory]
    [InlineData("""class A { string Of() => "The export was saved."; }""")]
    [InlineData("""class A { string Of(int n) => $"{n} profiles were sent"; }""")]
    [InlineData("""class A { void Set() { Problem = "Saved"; } }""")]
    [InlineData("""class A { object Of() => new Alert { Text = "Failed" }; }""")]
    [InlineData("""class A { object Of() => new LocalizedMessage("Runs.Ended", "by somebody"); }""")]
    [InlineData("""class A { void Check() => throw new LocalizedException(new LocalizedMessage("Runs.Ended", "by somebody")); }""")]
    [InlineData("""class A { [Required(ErrorMessage = "Required")] public string? Name { get; set; } }""")]
    [InlineData("""class A { [Display(Name = "Name")] public string? Name { get; set; } }""")]
    public void Every_kind_of_planted_code_is_found(string code) => Assert.NotEmpty(CodeLiterals.In(code, withSentences: true));

    [Theory]
    [InlineData("""class A { void Check() => throw new InvalidOperationException("The value is not set."); }""")]
    [InlineData("""class A { void Log() => logger.LogWarning("The store is busy."); }""")]
    [InlineData("""class A { [LoggerMessage(1, LogLevel.Debug, "The run has ended.")] partial void Ended(); }""")]
    [InlineData("""class A { string Of() => texts["Saved"]; }""")]
    [InlineData("""class A { string Sql => "SELECT name FROM people"; }""")]
    public void Text_for_operators_and_developers_is_English_by_design(string code) =>
        Assert.Empty(CodeLiterals.In(code, withSentences: true));

    private static IEnumerable<FoundLiteral> FoundInCode() =>
        from project in new[] { "KlaviyoExport", "KlaviyoExport.Web" }
        from file in Directory.EnumerateFiles(Path.Combine(Source, project), "*", SearchOption.AllDirectories)
        let path = Path.GetRelativePath(Source, file).Replace('\\', '/')
        where !path.Contains("/obj/", StringComparison.Ordinal) && !LiteralExceptions.IsOfConfiguration(path)
        from text in CodeLiterals.In(
            CodeOf(file),
            ShownToPeople.Any(folder => path.StartsWith($"KlaviyoExport.Web/{folder}/", StringComparison.Ordinal))
        )
        let found = new FoundLiteral(path, text)
        where !LiteralExceptions.IsName(found)
        select found;

    private static string CodeOf(string file) =>
        Path.GetExtension(file) switch
        {
            ".cs" => File.ReadAllText(file),
            ".razor" => ComponentCode().Match(File.ReadAllText(file)) is { Success: true } code ? $"class Component {code.Groups[1]}" : "",
            _ => "",
        };

    // The code of a component is at the end of its file.
    [GeneratedRegex(@"^@code (\{.*)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ComponentCode();
}
