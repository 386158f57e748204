namespace KlaviyoExport.Connections;

/// <summary>One trip to Klaviyo's sign-in page and back, for a draft or for a connection that is signed in again.</summary>
public sealed class KlaviyoSignIn
{
    public int Id { get; set; }

    /// <summary>SHA-256 of the state that travels with the browser; it comes back once, with the person it was given to.</summary>
    public required byte[] StateHash { get; set; }

    public required string UserId { get; set; }

    public int? DraftId { get; set; }

    public int? ConnectionId { get; set; }

    /// <summary>The PKCE code verifier, encrypted.</summary>
    public required byte[] Verifier { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    /// <summary>Null while the person is away.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Why it ended without a sign-in.</summary>
    public LocalizedMessage? Problem { get; set; }
}
