namespace KlaviyoExport.Secrets;

/// <summary>What a secret is used for, which decides where it may be read from.</summary>
public enum SecretUse
{
    /// <summary>The API key of a connection. It is sent to Klaviyo only.</summary>
    KlaviyoKey,

    /// <summary>The password of a source. It is sent to the server that an administrator of the product names.</summary>
    SourcePassword,
}
