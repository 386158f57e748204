using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Net.Http.Headers;

namespace KlaviyoExport.Web.Api;

/// <summary>Computes the ETag of a resource and compares it with the conditions of a request (RFC 9110).</summary>
internal static class EntityTag
{
    /// <summary>Returns a strong ETag, which differs when the JSON of the resource differs.</summary>
    public static EntityTagHeaderValue Of(params ReadOnlySpan<object?> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
            hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(part));
        return new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12))}\"");
    }

    /// <summary>Whether the client already has this state of the resource (If-None-Match).</summary>
    public static bool IsKnown(HttpRequest request, EntityTagHeaderValue tag) =>
        request.GetTypedHeaders().IfNoneMatch.Any(known => known.Equals(EntityTagHeaderValue.Any) || known.Compare(tag, false));

    /// <summary>Checks that the client has seen the present state of the resource (If-Match).</summary>
    /// <param name="request">The request.</param>
    /// <param name="tag">The present state.</param>
    /// <param name="isRequired">Whether a request without the header is refused.</param>
    /// <returns>The problem. Null when the condition holds.</returns>
    public static IResult? Fault(HttpRequest request, EntityTagHeaderValue tag, bool isRequired)
    {
        var seen = request.GetTypedHeaders().IfMatch;
        if (seen.Count == 0)
            return isRequired
                ? ApiProblem.Of(
                    StatusCodes.Status428PreconditionRequired,
                    "precondition-required",
                    "Send the ETag of the item in the header If-Match, so that nobody's change is overwritten, or If-Match: * to overwrite."
                )
                : null;
        return seen.Any(one => one.Equals(EntityTagHeaderValue.Any) || one.Compare(tag, true))
            ? null
            : ApiProblem.Of(
                StatusCodes.Status412PreconditionFailed,
                "changed-meanwhile",
                "The item was changed after you read it. Read it again, and send its new ETag."
            );
    }
}
