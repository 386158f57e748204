namespace KlaviyoExport.People.SignIns;

/// <summary>A session of a person in a browser. The cookie of the browser names it. Without this row the cookie is worth nothing.</summary>
public sealed class Session
{
    /// <summary>128 random bits as 32 hexadecimal digits.</summary>
    public required string Id { get; set; }

    public required string UserId { get; set; }

    /// <summary>The person's security stamp. A new stamp, such as after a change of the password, ends the session.</summary>
    public required string Stamp { get; set; }

    public SignInWay Way { get; set; }

    public DateTimeOffset BeganAt { get; set; }

    /// <summary>When the person last signed in or proved again who they are.</summary>
    public DateTimeOffset ProvenAt { get; set; }

    /// <summary>The last use, to the minute.</summary>
    public DateTimeOffset LastSeenAt { get; set; }

    /// <summary>The network address of the browser at the beginning. Null when it is unknown.</summary>
    public string? From { get; set; }

    /// <summary>What the browser said about itself, at most 300 characters. Null when it said nothing.</summary>
    public string? Browser { get; set; }
}
