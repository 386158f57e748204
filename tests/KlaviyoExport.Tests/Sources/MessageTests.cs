using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using KlaviyoExport.Segments;

namespace KlaviyoExport.Tests.Sources;

public sealed partial class MessageTests
{
    [Theory]
    [InlineData("Sources")]
    [InlineData("Segments")]
    public void Every_message_of_a_room_exists_in_the_three_languages_with_the_same_arguments(string room)
    {
        var english = Texts(room, "");
        foreach (var language in new[] { "sr-Cyrl", "ca" })
        {
            var translated = Texts(room, language);
            Assert.Equal(english.Keys.Order(), translated.Keys.Order());
            Assert.All(english, text => Assert.Equal(Arguments(text.Value), Arguments(translated[text.Key])));
        }
    }

    [Fact]
    public void Every_message_in_the_code_exists()
    {
        foreach (var room in new[] { "Sources", "Segments" })
        {
            var used = Directory
                .EnumerateFiles(Path.Combine(Repository(), "src", "KlaviyoExport", room), "*.cs", SearchOption.AllDirectories)
                .SelectMany(file => Code().Matches(File.ReadAllText(file)))
                .Select(match => match.Groups[1].Value)
                .ToHashSet();
            Assert.NotEmpty(used);
            foreach (var code in used)
                Assert.NotEmpty(new LocalizedMessage(code, [.. Enumerable.Repeat<object?>("x", 6)]).In(CultureInfo.InvariantCulture));
        }
        Assert.All(Enum.GetValues<Operator>(), @operator => Assert.NotEmpty(Operators.NameOf(@operator).ToString()));
        Assert.All(
            Enum.GetValues<KlaviyoExport.Sources.FieldType>(),
            type => Assert.NotEmpty(new LocalizedMessage($"Sources.Type.{type}").ToString())
        );
    }

    private static Dictionary<string, string> Texts(string room, string language)
    {
        var set = new ResourceManager($"KlaviyoExport.{room}.Messages", typeof(LocalizedMessage).Assembly).GetResourceSet(
            new CultureInfo(language),
            createIfNotExists: true,
            tryParents: false
        );
        return set!.Cast<System.Collections.DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string)entry.Value!);
    }

    private static IEnumerable<string> Arguments(string text) =>
        Placeholder().Matches(text).Select(match => match.Value).Distinct().Order();

    private static string Repository()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "KlaviyoExport.sln")))
            directory = directory.Parent!;
        return directory.FullName;
    }

    [GeneratedRegex(@"\{\d(:\w+)?\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex("""new LocalizedMessage\("((?:Sources|Segments)\.[A-Za-z.]+)"[,)]""")]
    private static partial Regex Code();
}
