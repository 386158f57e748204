using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace KlaviyoExport.Tests;

public sealed partial class LocalizedMessageTests
{
    private static string Library => Path.Combine(Repository.Root, "src", "KlaviyoExport");

    [Fact]
    public void A_stored_message_keeps_the_types_of_its_arguments()
    {
        var at = new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.FromHours(1));
        var message = new LocalizedMessage("Delivery.WillRetry", new LocalizedMessage("Klaviyo.Refused", 7L, 2.5m, "text", null), at);

        Assert.Equal(message, LocalizedMessage.FromJson(message.ToJson()));
    }

    [Fact]
    public void A_message_has_the_language_and_number_format_of_its_reader()
    {
        var message = new LocalizedMessage("Delivery.PreparedCount", 100000, 99999);

        Assert.Contains("100,000", message.In(CultureInfo.GetCultureInfo("en-US")), StringComparison.Ordinal);
        Assert.Contains("100.000 чланова", message.In(CultureInfo.GetCultureInfo("sr-Cyrl-RS")), StringComparison.Ordinal);
        Assert.Contains("100.000 membres", message.In(CultureInfo.GetCultureInfo("ca-ES")), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_message_of_the_library_has_a_text()
    {
        var codes = Directory
            .EnumerateFiles(Library, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => NewNotice().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["code"].Value)
            .Distinct()
            .ToList();

        Assert.True(codes.Count > 40);
        Assert.All(codes, code => Assert.NotEmpty(Entries(code.Split('.', 2)[0])[code.Split('.', 2)[1]]));
    }

    private static Dictionary<string, string> Entries(string room) =>
        XDocument
            .Load(Path.Combine(Library, room, "Messages.resx"))
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    [GeneratedRegex(@"new(?: LocalizedMessage)?\(""(?<code>(?!KlaviyoExport)[A-Z][A-Za-z]+\.[A-Z][A-Za-z.]+)""")]
    private static partial Regex NewNotice();
}
