using System.Text.RegularExpressions;
using System.Xml.Linq;
using Bunit;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Components.Ui;
using KlaviyoExport.Web.Localization;
using KlaviyoExport.Web.Tests.Components;

namespace KlaviyoExport.Web.Tests.Localization;

/// <summary>docs/troubleshooting.md: one entry for each message that stops work or asks for a correction.</summary>
public sealed partial class TroubleshootingTests
{
    private static readonly Dictionary<string, string> Messages = Directory
        .EnumerateFiles(Path.Combine(Repository.Root, "src", "KlaviyoExport"), "Messages.resx", SearchOption.AllDirectories)
        .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .SelectMany(file =>
            XDocument
                .Load(file)
                .Descendants("data")
                .Select(entry =>
                    (
                        Code: $"{Path.GetFileName(Path.GetDirectoryName(file))}.{entry.Attribute("name")!.Value}",
                        Text: entry.Element("value")!.Value
                    )
                )
        )
        .ToDictionary(message => message.Code, message => message.Text);

    private static readonly IReadOnlyList<(string Code, string Text, string Advice)> Entries =
    [
        .. Entry()
            .Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "troubleshooting.md")))
            .Select(entry => (entry.Groups["code"].Value, entry.Groups["text"].Value, entry.Groups["advice"].Value)),
    ];

    [Fact]
    public void Every_message_has_an_entry_or_a_reason_to_have_none() =>
        Assert.DoesNotContain(Messages.Keys, code => Entries.All(entry => entry.Code != code) && !HasReason(code));

    [Fact]
    public void No_message_has_both_an_entry_and_a_reason_to_have_none() => Assert.DoesNotContain(Entries, entry => HasReason(entry.Code));

    [Fact]
    public void Entries_and_reasons_are_about_messages_that_exist()
    {
        Assert.Empty(Entries.Select(entry => entry.Code).Except(Messages.Keys));
        Assert.DoesNotContain(MessagesWithoutEntry.All, item => !Messages.Keys.Any(code => MessagesWithoutEntry.Names(item, code)));
        Assert.Distinct(Entries.Select(entry => entry.Code.Replace(".", "", StringComparison.Ordinal).ToLowerInvariant()));
    }

    [Fact]
    public void Every_entry_has_the_text_of_its_message_a_cause_and_what_to_do() =>
        Assert.All(
            Entries,
            entry =>
            {
                Assert.Equal(Readable(Messages[entry.Code]), entry.Text);
                Assert.Contains("**Cause:** ", entry.Advice, StringComparison.Ordinal);
                Assert.Contains("**What to do** (", entry.Advice, StringComparison.Ordinal);
            }
        );

    /// <summary>A message as the document quotes it: with the last of alternative words, and without the format of sizes.</summary>
    private static string Readable(string text) => Size().Replace(Alternatives().Replace(text, "$1"), "{$1}");

    [GeneratedRegex(@"\{\d+:(?:[^}|]*\|)+([^}|]*)\}")]
    private static partial Regex Alternatives();

    [GeneratedRegex(@"\{(\d+):bytes\}")]
    private static partial Regex Size();

    [Fact]
    public void Every_entry_can_be_linked() =>
        Assert.All(
            Entries,
            entry =>
                Assert.Equal(
                    $"help/troubleshooting#{entry.Code.Replace(".", "", StringComparison.Ordinal).ToLowerInvariant()}",
                    Troubleshooting.AddressOf(new LocalizedMessage(entry.Code))
                )
        );

    [Fact]
    public void A_message_with_an_entry_links_to_it()
    {
        using var ui = new UiContext();

        var link = ui.Render<Alert>(parameters => parameters.Add(alert => alert.Message, new LocalizedMessage("Delivery.NoConnection")))
            .Find("a");

        Assert.Equal("help/troubleshooting#deliverynoconnection", link.GetAttribute("href"));
        Assert.Equal("What to do", link.TextContent);
    }

    [Fact]
    public void A_text_made_from_a_message_links_to_it()
    {
        using var ui = new UiContext();

        var alert = ui.Render<Alert>(parameters =>
            parameters.Add(alert => alert.Text, ShownText.Of(new LocalizedMessage("Sources.NotFound", "/data/customers.csv")))
        );

        Assert.Equal("help/troubleshooting#sourcesnotfound", alert.Find("a").GetAttribute("href"));
        Assert.Contains("/data/customers.csv", alert.Find("p").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_that_contains_another_links_to_the_entry_of_the_other_one()
    {
        var inner = new LocalizedMessage("Klaviyo.OutageTimedOut");

        Assert.Equal(
            "help/troubleshooting#klaviyooutagetimedout",
            Troubleshooting.AddressOf(new LocalizedMessage("Delivery.RetriesSpent", inner))
        );
        Assert.Equal(
            "help/troubleshooting#deliverygaveup",
            Troubleshooting.AddressOf(new LocalizedMessage("Delivery.GaveUp", new LocalizedMessage("Delivery.Undoes", 3), 7))
        );
    }

    [Fact]
    public void A_message_without_an_entry_and_a_plain_text_have_no_link()
    {
        using var ui = new UiContext();

        Assert.Empty(
            ui.Render<Alert>(parameters => parameters.Add(alert => alert.Message, new LocalizedMessage("Delivery.Successful", 5)))
                .FindAll("a")
        );
        Assert.Empty(ui.Render<Alert>(parameters => parameters.Add(alert => alert.Text, new ShownText("No."))).FindAll("a"));
    }

    private static bool HasReason(string code) => MessagesWithoutEntry.All.Any(item => MessagesWithoutEntry.Names(item, code));

    [GeneratedRegex(
        @"^#{3,4} (?<code>[A-Za-z]+(\.[A-Za-z]+)+)\n\n> (?<text>[^\n]+)\n\n(?<advice>.*?)(?=^#|\z)",
        RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture
    )]
    private static partial Regex Entry();
}
