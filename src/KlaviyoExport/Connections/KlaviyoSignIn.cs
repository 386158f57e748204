namespace KlaviyoExport.Connections;

/// <summary>A sign-in to Klaviyo that was started, for a draft or for an existing connection.</summary>
public sealed class KlaviyoSignIn
{
    public int Id { get; set; }

    /// <summary>The SHA-256 hash of the OAuth state. The state is valid once, for the person it was issued to.</summary>
    public required byte[] StateHash { get; set; }

    public required string UserId { get; set; }

    public int? DraftId { get; set; }

    public int? ConnectionId { get; set; }

    /// <summary>The PKCE code verifier, encrypted.</summary>
    public required byte[] Verifier { get; set; }

    public DateTimeOffset StartedAt { get; set; }

    /// <summary>When the person returned. Null until then.</summary>
    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Why the sign-in failed. Null when it has not.</summary>
    public LocalizedMessage? Problem { get; set; }
}
