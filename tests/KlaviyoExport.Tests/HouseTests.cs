using System.Text.RegularExpressions;

namespace KlaviyoExport.Tests;

/// <summary>The directions of docs/architecture.md: who may know whom.</summary>
public sealed partial class HouseTests
{
    private static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["Klaviyo"] = [],
        ["People"] = ["Data"],
        ["Cluster"] = ["Data"],
        ["Data"] = ["Cluster", "Connections", "Delivery", "Exports", "People", "Scheduling", "Segments", "Sources"],
        ["Sources"] = ["Data", "People"],
        ["Segments"] = ["Data", "People", "Sources"],
        // Exports: removing a connection leads through those that use it.
        ["Connections"] = ["Data", "Exports", "Klaviyo", "People"],
        ["Exports"] = ["Connections", "Data", "Delivery", "Klaviyo", "People", "Scheduling", "Segments", "Sources"],
        ["Delivery"] = ["Cluster", "Connections", "Data", "Exports", "Klaviyo", "People", "Scheduling", "Segments", "Sources"],
        ["Scheduling"] = ["Cluster", "Data", "Delivery", "Exports", "People", "Segments", "Sources"],
    };

    private static string Source => Path.Combine(Repository.Root, "src");

    public static TheoryData<string> Rooms => [.. MayKnow.Keys];

    [Fact]
    public void Every_room_has_its_directions() =>
        Assert.Equal(MayKnow.Keys.Order(), Directory.EnumerateDirectories(Path.Combine(Source, "KlaviyoExport")).Select(Path.GetFileName).Where(name => name is not ("bin" or "obj")).Order());

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_knows_only_the_rooms_it_may(string room)
    {
        // The design-time factory and the contexts of Data map every room; nothing else there does.
        var known = Files(Path.Combine(Source, "KlaviyoExport", room))
            .SelectMany(file => UsedRoom().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups["room"].Value)
            .Where(other => other != room && MayKnow.ContainsKey(other))
            .Distinct();

        Assert.Empty(known.Except(MayKnow[room]));
    }

    [Fact]
    public void The_library_does_not_know_the_web_and_the_sandbox_knows_neither()
    {
        Assert.DoesNotContain(Files(Path.Combine(Source, "KlaviyoExport")), file => File.ReadAllText(file).Contains("KlaviyoExport.Web;", StringComparison.Ordinal));
        Assert.DoesNotContain("ProjectReference", File.ReadAllText(Path.Combine(Source, "KlaviyoExport.Sandbox", "KlaviyoExport.Sandbox.csproj")), StringComparison.Ordinal);
        Assert.DoesNotContain("ProjectReference", File.ReadAllText(Path.Combine(Source, "KlaviyoExport", "KlaviyoExport.csproj")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_web_knows_the_sandbox_only_to_host_it_in_demo_mode()
    {
        var knowers = Files(Path.Combine(Source, "KlaviyoExport.Web"))
            .Where(file => File.ReadAllText(file).Contains("using KlaviyoExport.Sandbox", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file)));

        Assert.All(knowers, folder => Assert.Equal("Demo", folder));
    }

    [Fact]
    public void No_folder_is_a_bag() =>
        Assert.DoesNotContain(
            Directory.EnumerateDirectories(Source, "*", SearchOption.AllDirectories).Select(Path.GetFileName),
            name => name is "Utils" or "Helpers" or "Common" or "Misc" or "Services" or "Models" or "Managers");

    [Fact]
    public void The_product_never_calls_what_touches_consent() =>
        Assert.DoesNotContain(
            Files(Path.Combine(Source, "KlaviyoExport")).Concat(Files(Path.Combine(Source, "KlaviyoExport.Web"))),
            file => ConsentCall().IsMatch(File.ReadAllText(file)));

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".razor" && !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)
                && !file.Contains("/Migrations/", StringComparison.Ordinal));

    [GeneratedRegex(@"using (?:static )?KlaviyoExport\.(?<room>[A-Z]\w+)")]
    private static partial Regex UsedRoom();

    [GeneratedRegex("profile-subscription-bulk|profile-suppression-bulk|data-privacy-deletion")]
    private static partial Regex ConsentCall();
}
