using System.Reflection;
using System.Text.RegularExpressions;
using KlaviyoExport.Data;
using NetArchTest.Rules;

namespace KlaviyoExport.Tests;

/// <summary>Checks the directions of docs/architecture.md in the compiled library: a room uses rooms on lower floors only.</summary>
public sealed partial class HouseTests
{
    private const string Root = "KlaviyoExport";

    // From the lowest floor up. Rooms on one floor do not use each other.
    private static readonly string[][] Floors =
    [
        ["Data", "Klaviyo", "Recurrences", "Secrets"],
        ["People", "Cluster"],
        ["Sources"],
        ["Segments", "Connections", "Runs"],
        ["Exports"],
        ["Lists", "Alerts"],
        ["Delivery", "Forwarding"],
        ["Dispatch"],
        ["Scheduling", "Retention"],
        ["Overview", "ConfigurationFiles"],
    ];

    private static readonly Assembly Library = typeof(AppDb).Assembly;

    private static string Source => Path.Combine(Repository.Root, "src");

    public static TheoryData<string> Rooms => [.. Floors.SelectMany(rooms => rooms)];

    [Fact]
    public void Every_room_has_its_floor() =>
        Assert.Equal(
            Library.GetTypes().Select(RoomOf).OfType<string>().Distinct().Order(StringComparer.Ordinal),
            Floors.SelectMany(rooms => rooms).Order(StringComparer.Ordinal)
        );

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_room_knows_only_rooms_on_the_floors_below(string room)
    {
        var below = Floors.TakeWhile(rooms => !rooms.Contains(room)).SelectMany(rooms => rooms);
        var others = Floors
            .SelectMany(rooms => rooms)
            .Except(below)
            .Where(other => other != room)
            .Select(other => $"{Root}.{other}")
            .ToArray();

        var result = Types
            .InAssembly(Library)
            .That()
            .ResideInNamespace($"{Root}.{room}")
            .ShouldNot()
            .HaveDependencyOnAny(others)
            .GetResult();

        Assert.Empty(result.FailingTypeNames ?? []);
    }

    [Fact]
    public void Types_outside_the_rooms_use_none_except_the_registration()
    {
        var rooms = Floors.SelectMany(floor => floor).Select(room => $"{Root}.{room}").ToArray();

        var loose = Library
            .GetTypes()
            .Where(type => type.Namespace == Root && type.Name != nameof(ProductRegistration))
            .Select(type => type.FullName!)
            .ToHashSet();
        var knowing = Types.InAssembly(Library).That().HaveDependencyOnAny(rooms).GetTypes().Select(type => type.FullName!);

        Assert.DoesNotContain(knowing, loose.Contains);
    }

    [Fact]
    public void The_library_does_not_know_the_web_and_the_sandbox_knows_neither()
    {
        Assert.DoesNotContain(
            Files(Path.Combine(Source, "KlaviyoExport")),
            file => File.ReadAllText(file).Contains("KlaviyoExport.Web;", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            "ProjectReference",
            File.ReadAllText(Path.Combine(Source, "KlaviyoExport.Sandbox", "KlaviyoExport.Sandbox.csproj")),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(
            "ProjectReference",
            File.ReadAllText(Path.Combine(Source, "KlaviyoExport", "KlaviyoExport.csproj")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void The_web_knows_the_sandbox_only_to_host_it_for_demo_mode_and_practice()
    {
        var knowers = Files(Path.Combine(Source, "KlaviyoExport.Web"))
            .Where(file => File.ReadAllText(file).Contains("using KlaviyoExport.Sandbox", StringComparison.Ordinal))
            .Select(file => Path.GetFileName(Path.GetDirectoryName(file)));

        Assert.All(knowers, folder => Assert.Contains(folder, new[] { "Demo", "Practice" }));
    }

    [Fact]
    public void Nothing_is_decided_by_the_code_of_a_message() =>
        Assert.DoesNotContain(
            Files(Path.Combine(Source, "KlaviyoExport"))
                .Concat(Files(Path.Combine(Source, "KlaviyoExport.Web")))
                .Where(file => Path.GetFileName(file) != nameof(LocalizedMessage) + ".cs"),
            file => DecidingCode().IsMatch(File.ReadAllText(file))
        );

    [Fact]
    public void Roles_are_compared_in_the_room_of_the_rules_only() =>
        Assert.DoesNotContain(
            Files(Path.Combine(Source, "KlaviyoExport")).Concat(Files(Path.Combine(Source, "KlaviyoExport.Web"))),
            file => !file.Contains("/People/Rules/", StringComparison.Ordinal) && ComparedRole().IsMatch(File.ReadAllText(file))
        );

    /// <summary>Everything else asks <c>CurrentActor</c>, which looks the person up at every action.</summary>
    [Fact]
    public void Who_acts_is_taken_from_the_store_and_not_from_an_open_page() =>
        Assert.Equal(
            [
                "Components/Layout/UserMenu.razor",
                "Localization/Languages.cs",
                "Security/ActorClaims.cs",
                "Security/Policies.cs",
                "Security/SessionSignIn.cs",
            ],
            Files(Path.Combine(Source, "KlaviyoExport.Web"))
                .Where(file => File.ReadAllText(file).Contains("ActorClaims", StringComparison.Ordinal))
                .Select(file => Path.GetRelativePath(Path.Combine(Source, "KlaviyoExport.Web"), file).Replace('\\', '/'))
                .Where(file => file != "Security/PeopleRegistration.cs")
                .Order(StringComparer.Ordinal)
        );

    /// <summary>So the hub of the pages has the methods of Blazor only, which reach components of pages that were opened.</summary>
    [Fact]
    public void No_method_of_the_product_can_be_called_by_a_script_of_a_page() =>
        Assert.DoesNotContain(
            Files(Path.Combine(Source, "KlaviyoExport")).Concat(Files(Path.Combine(Source, "KlaviyoExport.Web"))),
            file =>
                File.ReadAllText(file) is var text
                && (text.Contains("JSInvokable", StringComparison.Ordinal) || text.Contains(": Hub", StringComparison.Ordinal))
        );

    [Fact]
    public void No_folder_holds_too_many_files() =>
        Assert.DoesNotContain(
            Directory.EnumerateDirectories(Source, "*", SearchOption.AllDirectories).Select(Path.GetFileName),
            name => name is "Utils" or "Helpers" or "Common" or "Misc" or "Services" or "Models" or "Managers"
        );

    [Fact]
    public void The_product_never_calls_what_touches_consent() =>
        Assert.DoesNotContain(
            Files(Path.Combine(Source, "KlaviyoExport")).Concat(Files(Path.Combine(Source, "KlaviyoExport.Web"))),
            file => ConsentCall().IsMatch(File.ReadAllText(file))
        );

    private static string? RoomOf(Type type) =>
        type.Namespace is { } name
        && name.StartsWith(Root + ".", StringComparison.Ordinal)
        && !name.StartsWith(Root + ".Data.Migrations", StringComparison.Ordinal)
            ? name.Split('.')[1]
            : null;

    private static IEnumerable<string> Files(string folder) =>
        Directory
            .EnumerateFiles(folder, "*.*", SearchOption.AllDirectories)
            .Where(file =>
                Path.GetExtension(file) is ".cs" or ".razor"
                && !file.Contains("/obj/", StringComparison.Ordinal)
                && !file.Contains("/bin/", StringComparison.Ordinal)
                && !file.Contains("/Migrations/", StringComparison.Ordinal)
            );

    [GeneratedRegex(@"\bCode: ""|\.Code\b(?:\s*(?:is(?! not null| null)|==|!=|switch)\s|\.(?:StartsWith|EndsWith|Contains|Equals)\()")]
    private static partial Regex DecidingCode();

    [GeneratedRegex(@"(?:==|!=|(?<!=)[<>]=?|\bis(?:\s+not)?)\s*\(?\s*Role\.(?:Viewer|Operator|Contributor|Administrator)")]
    private static partial Regex ComparedRole();

    [GeneratedRegex("profile-subscription-bulk|profile-suppression-bulk|data-privacy-deletion")]
    private static partial Regex ConsentCall();
}
