namespace KlaviyoExport.People.Tokens;

/// <summary>
/// A request to the API with an Idempotency-Key, and its response, which is repeated when the caller sends the request again.
/// </summary>
public sealed class ApiRequest
{
    public long Id { get; set; }

    /// <summary>The owner of the token. Another token of the same owner may repeat the request.</summary>
    public required string OwnerId { get; set; }

    /// <summary>The value of the header, at most 255 characters.</summary>
    public required string Key { get; set; }

    /// <summary>The SHA-256 hash of the method, the path and the body. A key must not be used for another request.</summary>
    public required byte[] Fingerprint { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>The status of the response. Null while the request is being executed, or when the server was killed meanwhile.</summary>
    public int? Status { get; set; }

    public string? ContentType { get; set; }

    public string? Location { get; set; }

    public byte[]? Body { get; set; }
}
