using System.Globalization;
using KlaviyoExport.Sandbox.Accounts;
using KlaviyoExport.Sandbox.Calls;
using KlaviyoExport.Sandbox.JsonApi;
using Microsoft.Net.Http.Headers;

namespace KlaviyoExport.Sandbox.Hosting;

/// <summary>The checks that apply to every call.</summary>
internal static class RequestChecks
{
    private const long ReadOnBytes = 50_000_000;

    private static readonly int[] RevisionMonths = [1, 4, 7, 10];

    /// <summary>Revisions are released on the 15th of January, April, July and October, and retired two years later.</summary>
    public static void Revision(HttpRequest request, DateTimeOffset now, string newest)
    {
        if (request.Headers["revision"] is not [{ Length: > 0 } text])
            throw new Refusal(ApiError.InvalidParameter("The header 'revision' is required.", "revision"));
        var valid = DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        if (valid && date.AddYears(2) <= DateOnly.FromDateTime(now.UtcDateTime))
            throw new Refusal(new ApiError(410, "gone", "Gone.", $"The revision {text} has been retired.") { Parameter = "revision" });
        if (
            !valid
            || date > DateOnly.ParseExact(newest, "yyyy-MM-dd", CultureInfo.InvariantCulture)
            || date.Day != 15
            || !RevisionMonths.Contains(date.Month)
        )
            throw new Refusal(ApiError.InvalidParameter($"'{text}' is not a valid revision.", "revision"));
    }

    public static void Scopes(Call call, Credential credential)
    {
        var missing = call.Scopes.Where(s => !credential.Scopes.Contains(s)).ToList();
        if (missing.Count > 0)
            throw new Refusal(
                new ApiError(
                    403,
                    "permission_denied",
                    "You do not have permission to perform this action.",
                    $"The API key or token is missing required scopes: {string.Join(", ", missing)}"
                )
                {
                    Pointer = "/data/",
                }
            );
    }

    public static void MediaTypes(Call call, HttpRequest request)
    {
        var accept = request.GetTypedHeaders().Accept;
        if (accept.Count > 0 && !accept.Any(a => a.MediaType.Value is Answer.MediaType or "application/json" or "*/*" or "application/*"))
            throw new Refusal(
                new ApiError(406, "not_acceptable", "Not acceptable.", $"Answers are {Answer.MediaType}.") { Pointer = "/data/" }
            );
        if (call.MaxBody is null)
            return;
        var given = MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType.Value : null;
        // Klaviyo documents the first and accepts both: its own SDK for Node sends the second.
        if (given is not (Answer.MediaType or "application/json") || request.Headers.ContentEncoding.Count > 0)
            throw new Refusal(
                new ApiError(
                    415,
                    "unsupported_media_type",
                    "Unsupported media type.",
                    $"Unsupported media type \"{request.ContentType}\" in request. Use {Answer.MediaType}, not encoded."
                )
                {
                    Pointer = "/data/",
                }
            );
    }

    /// <summary>
    /// Reads the whole body, or returns status 413. Excess data is read and discarded up to a limit, because a client that is
    /// disconnected while it sends may not receive the response.
    /// </summary>
    public static async Task<ReadOnlyMemory<byte>> Body(HttpRequest request, int max, CancellationToken cancellation)
    {
        using var body = new MemoryStream((int)Math.Min(request.ContentLength ?? 16_384, max));
        var buffer = new byte[65_536];
        var length = 0L;
        while (length <= ReadOnBytes && await request.Body.ReadAsync(buffer, cancellation) is > 0 and var read)
        {
            length += read;
            if (length <= max)
                body.Write(buffer, 0, read);
        }
        return length <= max ? body.GetBuffer().AsMemory(0, (int)body.Length) : throw new Refusal(TooLarge(max));
    }

    private static ApiError TooLarge(int max) =>
        new(
            413,
            "payload_too_large",
            "Payload too large.",
            string.Create(CultureInfo.InvariantCulture, $"The request is larger than {max} bytes.")
        )
        {
            Pointer = "/data",
        };
}
