namespace KlaviyoExport.People.SignIns;

/// <summary>A count of wrong passwords or codes, see <see cref="SignInThrottle"/>.</summary>
public sealed class SignInFailure
{
    /// <summary>What is counted: hashes of the email address and the network address.</summary>
    public required string Key { get; set; }

    public int Count { get; set; }

    /// <summary>When the count starts again.</summary>
    public DateTimeOffset EndsAt { get; set; }
}
