using KlaviyoExport.People;
using KlaviyoExport.People.Rules;
using KlaviyoExport.Web.Components.Ui;

namespace KlaviyoExport.Web.Components.Layout;

/// <summary>The pages of the navigation, which the search finds as well.</summary>
internal static class SitePages
{
    /// <summary>The groups in the order of the navigation. The first and the last have no heading.</summary>
    public static IReadOnlyList<SitePageGroup> Groups { get; } =
    [
        new(null, [new("./", "Home", IconName.Home) { Key = 'h' }]),
        new(
            "Data",
            [
                new("sources", "Sources", IconName.Database) { Rule = ManageSources.Rule },
                new("segments", "Segments", IconName.GroupWork) { Key = 's' },
                new("exports", "Exports", IconName.Upload) { Key = 'e' },
                new("runs", "Runs", IconName.PlayCircle) { Key = 'r' },
                new("person", "Person", IconName.PersonSearch) { Rule = SeeRejectedEmails.Rule },
            ]
        ),
        new("Admin", [new("connections", "Connections", IconName.Link) { Rule = ManageConnections.Rule, Key = 'c' }])
        {
            Rule = ManageConnections.Rule,
        },
        new(
            "System",
            [
                new("system/status", "Status", IconName.MonitorHeart) { Key = 't' },
                new("system/schedule", "Schedule", IconName.Schedule) { Rule = ManageSystem.Rule },
                new("system/alerts", "Alerts", IconName.Notifications) { Rule = ManageSystem.Rule },
                new("system/general", "General", IconName.Tune) { Rule = ManageSystem.Rule },
                new("system/permissions", "Permissions", IconName.Group) { Rule = ManagePeople.Rule },
                new("system/audit", "Audit", IconName.History) { Rule = ManagePeople.Rule },
                new("system/about", "About", IconName.Info),
            ]
        ),
        new(null, [new("help", "Help", IconName.Help)]),
    ];

    /// <summary>Returns the name of the policy of a rule, see <see cref="Security.Policies"/>. Null for no rule.</summary>
    public static string? PolicyOf(Rule? rule) => rule?.GetType().Name;
}

/// <summary>A group of the navigation.</summary>
/// <param name="Heading">The key of its name. Null for a group without a name.</param>
internal sealed record SitePageGroup(string? Heading, IReadOnlyList<SitePage> Pages)
{
    /// <summary>Who sees the group. Null for everybody who is signed in.</summary>
    public Rule? Rule { get; init; }
}

/// <summary>A page of the navigation.</summary>
/// <param name="Href">Its address.</param>
/// <param name="Text">The key of its name.</param>
internal sealed record SitePage(string Href, string Text, IconName Glyph)
{
    /// <summary>Who may open it. Null for everybody who is signed in.</summary>
    public Rule? Rule { get; init; }

    /// <summary>The key that opens it after "g". Null for none.</summary>
    public char? Key { get; init; }
}
