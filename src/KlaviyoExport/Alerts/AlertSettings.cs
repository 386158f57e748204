using KlaviyoExport.Data;

namespace KlaviyoExport.Alerts;

/// <summary>The settings of the installation. Without a stored row, the defaults apply.</summary>
public sealed class AlertSettings : IVersioned
{
    internal const int OnlyId = 1;

    public int Id { get; set; } = OnlyId;

    /// <summary>Whether alerts are sent by e-mail, where a mail server is configured.</summary>
    public bool ByMail { get; set; } = true;

    /// <summary>Whether alerts are shown in the bell.</summary>
    public bool ByBell { get; set; } = true;

    /// <summary>
    /// A run that completed with warnings is told when more than this share of its prepared profiles was refused or not confirmed, in
    /// percent, from 0 to 100.
    /// </summary>
    public double WarningShare { get; set; } = 5;

    public int Version { get; set; }
}

/// <summary>The settings of one export. Without a stored row, the defaults apply.</summary>
public sealed class ExportAlerts : IVersioned
{
    public int ExportId { get; set; }

    /// <summary>Whether nobody is told anything about the export.</summary>
    public bool IsMuted { get; set; }

    /// <summary>As <see cref="AlertSettings.WarningShare"/>. Null for the value of the installation.</summary>
    public double? WarningShare { get; set; }

    public bool TellsAdministrators { get; set; } = true;

    public bool TellsOwner { get; set; } = true;

    /// <summary>The ids of further people who are told.</summary>
    public List<string> People { get; set; } = [];

    public int Version { get; set; }
}

/// <summary>What one person does not want to be told. Without a stored row, the person is told everything.</summary>
public sealed class AlertPreferences
{
    public required string UserId { get; set; }

    public List<AlertReason> NotByMail { get; set; } = [];

    public List<AlertReason> NotByBell { get; set; } = [];
}
