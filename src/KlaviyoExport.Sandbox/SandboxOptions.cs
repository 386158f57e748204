using System.ComponentModel.DataAnnotations;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.OAuth;

namespace KlaviyoExport.Sandbox;

/// <summary>How a sandbox runs and what it begins with.</summary>
public sealed class SandboxOptions
{
    /// <summary>Where it listens: one http address on this machine. Port 0 takes a free one.</summary>
    [Required]
    public string Url { get; set; } = "http://127.0.0.1:5180";

    /// <summary>Keeps everything in this file across restarts and kills; null keeps it in memory only.</summary>
    public string? DataFile { get; set; }

    /// <summary>The time between two steps of a job.</summary>
    public TimeSpan JobPace { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How many rows a job takes on at each step.</summary>
    [Range(1, 10_000)]
    public int RowsPerStep { get; set; } = 2_500;

    /// <summary>How long a job is known after it was accepted.</summary>
    public TimeSpan JobLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Addresses in these domains pass the first check and fail only while the job runs.</summary>
    public IReadOnlyList<string> AsyncFailureDomains { get; set; } = ["async-fail.example"];

    /// <summary>The newest revision known, and the one all answers follow.</summary>
    public string Revision { get; set; } = "2026-07-15";

    /// <summary>How many of the last requests are remembered.</summary>
    [Range(1, 100_000)]
    public int RememberedRequests { get; set; } = 200;

    /// <summary>How long an OAuth access token opens the door.</summary>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long an OAuth refresh token waits to be used; each use gives a new one.</summary>
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How long an OAuth authorization code waits to be exchanged.</summary>
    public TimeSpan CodeLifetime { get; set; } = TimeSpan.FromMinutes(5);

    public IReadOnlyList<AccountSeed> Accounts { get; set; } = [PracticeStore.Seed, SecondStore.Seed];

    public IReadOnlyList<OAuthAppSeed> Apps { get; set; } = [PracticeApp.Seed];

    /// <summary>Where errors of the sandbox itself are logged; null logs nothing.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock windows, jobs and tokens go by.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
