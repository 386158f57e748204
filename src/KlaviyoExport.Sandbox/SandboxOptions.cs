using System.ComponentModel.DataAnnotations;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.OAuth;

namespace KlaviyoExport.Sandbox;

/// <summary>The options of a sandbox and its initial state.</summary>
public sealed class SandboxOptions
{
    /// <summary>The address to listen on: one http address on this machine. Port 0 selects a free port.</summary>
    [Required]
    public string Url { get; set; } = "http://127.0.0.1:5180";

    /// <summary>The file that keeps the state across restarts and kills. Null to keep it in memory only.</summary>
    public string? DataFile { get; set; }

    /// <summary>
    /// Whether its pages, the sign-in of OAuth apps and the calls that control it are served, which need no key. False to serve the API only.
    /// </summary>
    public bool ServesPages { get; set; } = true;

    /// <summary>
    /// How long after its arrival a call is answered, from 0 to 10 seconds, as over a network. Applies to every answer of the API and of
    /// the token endpoint. The call itself is done, and counts against its rate limits, when it arrives.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan Latency { get; set; }

    /// <summary>The time between two steps of a job. Ignored when <see cref="JobDuration"/> is set.</summary>
    public TimeSpan JobPace { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long every job takes, from 0 seconds to 10 minutes, whatever its number of rows. Null to take <see cref="JobPace"/> for each
    /// step.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan? JobDuration { get; set; }

    /// <summary>The number of rows that a job processes in each step.</summary>
    [Range(1, 10_000)]
    public int RowsPerStep { get; set; } = 2_500;

    /// <summary>How long a job is known after it was accepted.</summary>
    public TimeSpan JobLifetime { get; set; } = TimeSpan.FromDays(7);

    /// <summary>Addresses in these domains are accepted at first and fail while the job runs.</summary>
    public IReadOnlyList<string> AsyncFailureDomains { get; set; } = ["async-fail.example"];

    /// <summary>
    /// Whether an import with a phone number or external id of another profile is refused with status 409 and a pointer to it. Otherwise it
    /// fails while the job runs, and the error does not name it.
    /// </summary>
    public bool RefusesTakenIdentifiers { get; set; }

    /// <summary>The newest supported revision, and the one of all responses.</summary>
    public string Revision { get; set; } = "2026-07-15";

    /// <summary>The number of requests that are kept.</summary>
    [Range(1, 100_000)]
    public int RememberedRequests { get; set; } = 200;

    /// <summary>The lifetime of an OAuth access token.</summary>
    public TimeSpan AccessTokenLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The lifetime of an OAuth refresh token. Each use returns a new one.</summary>
    public TimeSpan RefreshTokenLifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>The lifetime of an OAuth authorization code.</summary>
    public TimeSpan CodeLifetime { get; set; } = TimeSpan.FromMinutes(5);

    public IReadOnlyList<AccountSeed> Accounts { get; set; } = [PracticeStore.Seed, SecondStore.Seed];

    public IReadOnlyList<OAuthAppSeed> Apps { get; set; } = [SandboxApp.Seed];

    /// <summary>Logs errors of the sandbox itself. Null to log nothing.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>The clock for rate limits, jobs and tokens.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;
}
