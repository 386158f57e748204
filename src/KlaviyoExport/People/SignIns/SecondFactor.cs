namespace KlaviyoExport.People.SignIns;

/// <summary>The authenticator app and the recovery codes of a person.</summary>
public sealed class SecondFactor
{
    public required string UserId { get; set; }

    /// <summary>The key that the app shares with the product, encrypted.</summary>
    public byte[]? AuthenticatorKey { get; set; }

    /// <summary>Hashes of the recovery codes that were not used yet, separated by spaces. A code has 50 random bits.</summary>
    public string RecoveryCodes { get; set; } = "";

    /// <summary>The last accepted code of the app. It is not accepted a second time.</summary>
    public string? LastCode { get; set; }

    public DateTimeOffset? LastCodeAt { get; set; }

    /// <summary>Changes with every change, so that a code can be used once, also by two requests at the same time.</summary>
    public Guid Stamp { get; set; }
}
