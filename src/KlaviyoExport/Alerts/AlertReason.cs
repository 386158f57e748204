using System.Text.Json.Serialization;

namespace KlaviyoExport.Alerts;

/// <summary>What people are told about. The names are stored, and part of the documented webhook payload.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertReason>))]
public enum AlertReason
{
    /// <summary>A run failed permanently.</summary>
    RunFailed,

    /// <summary>A run completed with warnings, and its share of rejected profiles is over the threshold.</summary>
    RunWarnings,

    /// <summary>A scheduled time passed while the product was down.</summary>
    RunMissed,

    /// <summary>A run waits until a person approves it.</summary>
    ApprovalNeeded,

    /// <summary>The last load of a source failed.</summary>
    SourceNotLoaded,

    /// <summary>The data of a source is older than allowed, or its age is not known.</summary>
    SourceOld,

    /// <summary>Columns that an export needs no longer exist or have another type. Its next run will stop.</summary>
    ColumnsChanged,

    /// <summary>Klaviyo does not accept the credentials of a connection, or the connection has another lasting error.</summary>
    ConnectionUnhealthy,

    /// <summary>The Azure Key Vault secret of a connection cannot be read.</summary>
    KeyVaultUnreadable,

    /// <summary>Klaviyo retires the API revision in use in at most <see cref="AlertOptions.RevisionWarningDays"/> days.</summary>
    RevisionRetires,

    /// <summary>A bad state that people were told about is over.</summary>
    Recovered,

    /// <summary>A message that an administrator sends to try a webhook. It is never stored.</summary>
    Test,
}

/// <summary>What an alert is about. Each subject has one state per topic.</summary>
public enum AlertTopic
{
    /// <summary>The results of the runs of an export.</summary>
    Runs,

    /// <summary>The run of an export that waits for approval.</summary>
    Approval,

    /// <summary>The schedule of an export.</summary>
    Schedule,

    /// <summary>A source.</summary>
    Source,

    /// <summary>The columns that an export needs.</summary>
    Columns,

    /// <summary>A connection.</summary>
    Connection,

    /// <summary>Klaviyo's API revision. It has one subject, 0.</summary>
    Revision,
}
