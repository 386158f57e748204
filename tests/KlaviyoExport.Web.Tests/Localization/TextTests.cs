using System.Text.RegularExpressions;
using System.Xml.Linq;
using KlaviyoExport.Alerts;
using KlaviyoExport.Connections;
using KlaviyoExport.Exports;
using KlaviyoExport.Klaviyo;
using KlaviyoExport.Lists;
using KlaviyoExport.Overview;
using KlaviyoExport.Overview.Lookup;
using KlaviyoExport.People;
using KlaviyoExport.Recurrences;
using KlaviyoExport.Runs;
using KlaviyoExport.Scheduling;
using KlaviyoExport.Tests;
using KlaviyoExport.Web.Pages.Connections.Wizard;
using KlaviyoExport.Web.Pages.Help;

namespace KlaviyoExport.Web.Tests.Localization;

/// <summary>Every text that a page asks for exists.</summary>
public sealed partial class TextTests
{
    private static readonly string Source = Path.Combine(Repository.Root, "src");

    public static TheoryData<string> Pages =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(Source, "KlaviyoExport.Web"), "*", SearchOption.AllDirectories)
                .Where(file =>
                    (file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)) && !IsBuilt(file)
                )
                .Where(file => Asked().IsMatch(File.ReadAllText(file)))
                .Select(file => Path.GetRelativePath(Source, file)),
        ];

    /// <summary>Keys that are composed from a name.</summary>
    public static TheoryData<string, string> Composed =>
        [
            .. Names<RunState>("Components", "Status."),
            .. Names<StatusText>("Components", "Status."),
            .. Names<Stage>("Pages/Runs", "Stage."),
            .. Names<BatchState>("Pages/Runs", "BatchState."),
            .. Names<RejectionReason>("Pages/Runs", "Reason."),
            .. Names<RejectionReason>("Pages/Runs", "ReasonHelp."),
            .. Names<ListDifferenceKind>("Pages/Runs", "Difference."),
            .. Names<ListDifferenceKind>("Pages/Runs", "DifferenceHelp."),
            .. Names<RunTrigger>("Pages/Runs", "Trigger.")
                .Where(row => !row.Data.Item2.EndsWith(nameof(RunTrigger.Person), StringComparison.Ordinal)),
            .. Rows("Pages/Runs", "Flow.", ["Read", "LeftOut", "Sent", "NotSent", "Accepted", "Refused", "Unconfirmed", "Awaited"]),
            .. Rows(
                "Pages/Runs",
                "Next.",
                [
                    "Nothing",
                    "SomeLeftOut",
                    "Retrying",
                    "Approval",
                    "Canceled",
                    "Skipped",
                    "SkippedUpstream",
                    "Refusals",
                    "Unconfirmed",
                    "Members",
                    "Mapping",
                    "Cap",
                    "Connection",
                    "List",
                    "Account",
                    "Update",
                    "Again",
                    "Report",
                    "Source",
                ]
            ),
            .. Names<PersonFinding>("Pages/Lookup", "Finding."),
            .. Names<PersonFinding>("Pages/Lookup", "Next."),
            .. Rows(
                "Pages/Lookup",
                "",
                from prefix in new[] { "Finding.", "Next." }
                from name in new[] { "NotInTable", "NotInAny", "TakenOffSometime" }
                select prefix + name
            ),
            .. Names<RunSilence>("Pages/Lookup", "Silence."),
            .. Names<RunTraceKind>("Pages/Lookup", "Trace.").Where(row => row.Data.Item2 is not ("Trace.Rejected" or "Trace.Differed")),
            .. Names<ListDifferenceKind>("Pages/Lookup", "Difference."),
            .. Names<MembershipState>("Pages/Lookup", "State."),
            .. Names<EmailConsentState>("Pages/Lookup", "Consent."),
            .. Rows("Pages/Lookup", "Member.", ["True", "False", "Unknown"]),
            .. Rows("Pages/Lookup", "Ours.", ["Yes", "No", "Unknown"]),
            .. Names<SyncMode>("Pages/Exports", "SyncMode."),
            .. Names<SyncMode>("Pages/Exports", "SyncModeHelp."),
            .. Names<OptInProcess>("Pages/Exports", "OptIn."),
            .. Names<RecurrenceKind>("Pages/Exports", "Kind."),
            .. Names<WhenMissed>("Pages/Exports", "WhenMissed."),
            .. Names<WhenBusy>("Pages/Exports", "WhenBusy."),
            .. Rows("Pages/Exports", "", ["Name", "Connection", "List", "Status", "Refreshed", "Schedule", "NextRun"]),
            .. Rows(
                "Pages/Exports",
                "",
                ["ConnectionAndList", "ListId", "SourceAndMore", "Email", "FurtherFields", "Segments", "SyncMode"]
            ),
            .. Names<Sharing>("Pages/Connections", "Sharing."),
            .. Names<Role>("Components", "Role."),
            .. Names<Role>("Pages/Start", "Lead."),
            .. Names<Role>("Pages/People", "RoleHelp."),
            .. Rows("Pages/People", "Action.", Actions()),
            .. Rows("Pages/People", "Action.Alerts.", ["WebhookOn", "WebhookOff", "WebhookRemoved"]),
            .. Rows("Pages/People", "Actor.", new[] { Actor.System, Actor.Anonymous, Actor.Console }.Select(actor => actor.Id)),
            .. Names<WebhookFormat>("Pages/Alerts", "Format."),
            .. Rows("Pages/Connections", "Scope.", ["accounts:read", "lists:read", "lists:write", "profiles:read", "profiles:write"]),
            .. Rows("Pages/Connections", "ScopeWhere.", ["read", "write"]),
            .. Names<StepState>("Pages/Connections", "StepState."),
            .. Enum.GetValues<WizardStep>().Select(step => new TheoryDataRow<string, string>("Pages/Connections", Steps.TextOf(step))),
            .. Names<RemovalChoice>("Pages/Connections", "RemovalChoice."),
            .. Names<RemovalChoice>("Pages/Connections", "RemovalChoiceHelp."),
            .. Names<RefreshTaskKind>("Pages/System", "Kind."),
            .. Names<RefreshTaskKind>("Pages/System", "Kinds."),
            .. Names<RefreshTaskKind>("Pages/System", "CancelText."),
            .. Names<RefreshTaskKind>("Pages/System", "Start."),
            .. Names<RefreshTaskKind>("Pages/System", "StartOf."),
            .. Names<RefreshTaskKind>("Pages/System", "Starting."),
            .. Names<RefreshTaskKind>("Pages/System", "Started."),
            .. Names<RunTrigger>("Pages/System", "Trigger."),
            .. Names<RevisionStage>("Pages/System", "Revision."),
            .. Rows("Pages/System", "RevisionHelp.", Enum.GetNames<RevisionStage>().Except([nameof(RevisionStage.Stable)])),
            .. Rows("Pages/Help", "Group.", HelpContents.Groups.Select(group => group.Group)),
            .. Names<AttentionKind>("Pages/Start", "Kind."),
            .. Rows("Pages/Start", "Trouble.", ["Scheduler", "Disk", "RevisionExpires", "RevisionRetired"]),
            .. Rows("Pages/Start", "Step.", ["Source", "Segment", "Connection", "Export", "Run"]),
            .. Rows(
                "Components",
                "",
                from direction in new[] { "Ago", "In" }
                from unit in new[] { "Moments", "Minute", "Hour", "Day" }
                select $"{direction}.{unit}"
            ),
        ];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_text_a_page_asks_for_exists(string page)
    {
        var own = Read(Path.Combine(TextsOf(page), "Texts.resx"));
        var shared = Read("KlaviyoExport.Web/Components/Texts.resx");
        foreach (Match asked in Asked().Matches(File.ReadAllText(Path.Combine(Source, page))))
            Assert.Contains(asked.Groups["key"].Value, asked.Groups["which"].Value == "T" ? own.Keys : shared.Keys);
    }

    [Theory]
    [MemberData(nameof(Composed))]
    public void Every_name_that_is_shown_has_a_text(string folder, string key) =>
        Assert.Contains(key, Read($"KlaviyoExport.Web/{folder}/Texts.resx").Keys);

    [Theory]
    [InlineData("")]
    [InlineData(".sr-Cyrl")]
    [InlineData(".ca")]
    public void The_advice_on_a_run_names_the_button_of_its_rejections(string language)
    {
        var texts = Read($"KlaviyoExport.Web/Pages/Runs/Texts{language}.resx");

        Assert.Contains(texts["RetryAll"], texts["Next.Refusals"], StringComparison.Ordinal);
        Assert.Contains(texts["RetryAll"], texts["Next.Unconfirmed"], StringComparison.Ordinal);
    }

    private static bool IsBuilt(string file) =>
        file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal);

    // The nearest folder upwards that has texts.
    private static string TextsOf(string page)
    {
        var folder = Path.GetDirectoryName(page)!;
        while (!File.Exists(Path.Combine(Source, folder, "Texts.resx")))
            folder = Path.GetDirectoryName(folder)!;
        return folder;
    }

    private static Dictionary<string, string> Read(string resource) =>
        XDocument
            .Load(Path.Combine(Source, resource))
            .Root!.Elements("data")
            .ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static IEnumerable<TheoryDataRow<string, string>> Names<T>(string folder, string prefix)
        where T : struct, Enum => Rows(folder, prefix, Enum.GetNames<T>());

    // The actions that the code writes to the audit.
    private static IEnumerable<string> Actions() =>
        Directory
            .EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
            .SelectMany(file => Audited().Matches(File.ReadAllText(file)))
            .SelectMany(call => Deed().Matches(MessageInIt().Replace(call.Value, "")))
            .Select(action => action.Groups[1].Value)
            .Distinct();

    private static IEnumerable<TheoryDataRow<string, string>> Rows(string folder, string prefix, IEnumerable<string> names) =>
        names.Select(name => new TheoryDataRow<string, string>(folder, prefix + name));

    [GeneratedRegex("""\b(?<which>T|Shared)\["(?<key>[A-Za-z0-9.:]+)"[\],]""")]
    private static partial Regex Asked();

    [GeneratedRegex(@"(?i:audit)(>\(\)|\(clock\))?\s*\.Add\([^;]*;")]
    private static partial Regex Audited();

    [GeneratedRegex("new LocalizedMessage\\(\"[^\"]*\"")]
    private static partial Regex MessageInIt();

    [GeneratedRegex(
        """
            "([A-Z][A-Za-z]+\.[A-Z][A-Za-z]+)"
            """
    )]
    private static partial Regex Deed();
}
