using System.Globalization;
using System.Net;
using System.Text.Json;

namespace KlaviyoExport.Klaviyo.Wire;

internal static class RefusalReader
{
    public static async Task<KlaviyoRefusal> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (response.StatusCode == HttpStatusCode.RequestEntityTooLarge && !KlaviyoMedia.IsJson(response.Content))
            return new(status, KlaviyoRefusalKind.TooLarge, []) { MayHaveArrived = MayHaveArrived(response) };
        var document = await AnswerReader.ReadAsync(response, KlaviyoJson.Default.ErrorDocument, cancellationToken);
        return new(status, KindOf(status), [.. document.Errors.Select(Read)]) { MayHaveArrived = MayHaveArrived(response) };
    }

    private static bool MayHaveArrived(HttpResponseMessage response) => KlaviyoCall.Of(response.RequestMessage!).Attempts.MayHaveArrived;

    private static KlaviyoError Read(ErrorObject error) =>
        new(
            error.Id,
            StatusOf(error.Status),
            error.Code,
            error.Title ?? "",
            error.Detail ?? "",
            error.Source?.Pointer,
            error.Source?.Parameter
        );

    private static int? StatusOf(JsonElement status) =>
        status.ValueKind switch
        {
            JsonValueKind.Number when status.TryGetInt32(out var number) => number,
            JsonValueKind.String when int.TryParse(status.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) =>
                number,
            _ => null,
        };

    private static KlaviyoRefusalKind KindOf(int status) =>
        status switch
        {
            400 or 422 => KlaviyoRefusalKind.Invalid,
            401 => KlaviyoRefusalKind.InvalidKey,
            403 => KlaviyoRefusalKind.MissingScope,
            404 => KlaviyoRefusalKind.NotFound,
            409 => KlaviyoRefusalKind.Conflict,
            410 => KlaviyoRefusalKind.RetiredRevision,
            413 => KlaviyoRefusalKind.TooLarge,
            _ => KlaviyoRefusalKind.Other,
        };
}
