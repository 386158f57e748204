using KlaviyoExport.People;
using KlaviyoExport.People.Rules;

namespace KlaviyoExport.Alerts;

/// <summary>Decides who may be told about what: whoever may see the page of the subject.</summary>
internal static class AlertRights
{
    private static readonly AlertTopic[] All = Enum.GetValues<AlertTopic>();

    public static bool IsOfExport(this AlertTopic topic) =>
        topic is AlertTopic.Runs or AlertTopic.Approval or AlertTopic.Schedule or AlertTopic.Columns;

    public static bool MaySee(Role role, AlertTopic topic)
    {
        var person = new Actor("", "", role);
        return topic switch
        {
            // Everybody may see exports and runs.
            AlertTopic.Runs or AlertTopic.Approval or AlertTopic.Schedule or AlertTopic.Columns => true,
            AlertTopic.Source => ManageSources.Rule.Allows(person),
            AlertTopic.Connection => ManageConnections.Rule.Allows(person),
            AlertTopic.Revision => ManageSystem.Rule.Allows(person),
            _ => false,
        };
    }

    /// <summary>Returns the topics that a role may see, for use in a query.</summary>
    public static AlertTopic[] TopicsOf(Role role) => Array.FindAll(All, topic => MaySee(role, topic));

    /// <summary>Returns the reasons that a role may be told, in the order of the enumeration.</summary>
    public static IReadOnlyList<AlertReason> ReasonsOf(Role role) =>
        [
            .. Enum.GetValues<AlertReason>()
                .Where(reason => reason == AlertReason.Recovered || (reason != AlertReason.Test && MaySee(role, TopicOf(reason)))),
        ];

    private static AlertTopic TopicOf(AlertReason reason) =>
        reason switch
        {
            AlertReason.SourceNotLoaded or AlertReason.SourceOld => AlertTopic.Source,
            AlertReason.ConnectionUnhealthy or AlertReason.KeyVaultUnreadable => AlertTopic.Connection,
            AlertReason.RevisionRetires => AlertTopic.Revision,
            _ => AlertTopic.Runs,
        };
}
