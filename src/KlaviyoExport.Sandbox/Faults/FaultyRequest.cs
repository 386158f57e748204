using KlaviyoExport.Sandbox.JsonApi;

namespace KlaviyoExport.Sandbox.Faults;

/// <summary>Applies the faults that occur before the work.</summary>
internal static class FaultyRequest
{
    /// <summary>Delays the request or resets the connection.</summary>
    /// <returns>False when the connection was reset.</returns>
    public static async Task<bool> Pass(HttpContext http, IReadOnlyList<Fault> faults, TimeProvider clock)
    {
        if (Of(faults, FaultKind.Delay) is { } delay)
            await Task.Delay(TimeSpan.FromMilliseconds(delay.DelayMs), clock, http.RequestAborted);
        var midBody = Of(faults, FaultKind.ResetMidBody) is not null;
        if (!midBody && Of(faults, FaultKind.ResetBeforeBody) is null)
            return true;
        if (midBody)
            await ReadHalf(http.Request, http.RequestAborted);
        http.Abort();
        return false;
    }

    /// <summary>Returns the response that replaces the work. Null when there is none.</summary>
    public static Answer? Answer(IReadOnlyList<Fault> faults)
    {
        if (Of(faults, FaultKind.Status) is { } status)
            return JsonApi.Answer.Errors(
                new ApiError(
                    status.Status,
                    status.Status == 429 ? "throttled" : "error",
                    "A server error occurred.",
                    "This answer was asked for through the sandbox's control page."
                )
                {
                    Pointer = "/data/",
                }
            ) with
            {
                RetryAfterSeconds = status.RetryAfter,
            };
        return Of(faults, FaultKind.WrongPointers) is { } pointers
            ? JsonApi.Answer.Errors([
                .. (pointers.PointsAt?.Split(' ') ?? [null!]).Select(pointer => new ApiError(
                    400,
                    "invalid",
                    "Invalid input.",
                    "Invalid email address"
                )
                {
                    Pointer = pointer,
                }),
            ])
            : null;
    }

    public static Fault? Of(IReadOnlyList<Fault> faults, FaultKind kind) => faults.FirstOrDefault(f => f.Kind == kind);

    private static async Task ReadHalf(HttpRequest request, CancellationToken cancellation)
    {
        var left = Math.Max(1, (request.ContentLength ?? 2) / 2);
        var buffer = new byte[8_192];
        while (
            left > 0
            && await request.Body.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)), cancellation) is > 0 and var read
        )
            left -= read;
    }
}
