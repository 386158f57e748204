using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using KlaviyoExport.Alerts;

namespace KlaviyoExport.Web.Security;

/// <summary>
/// Takes requests for a new password from people who are not signed in. Each address of the network may make ten in a quarter of an hour,
/// whether the email addresses are known or not.
/// </summary>
internal sealed class ForgottenPasswords(PasswordMails mails) : IDisposable
{
    /// <summary>The number of requests of a network address in <see cref="Window"/>.</summary>
    public const int Most = 10;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    private readonly PartitionedRateLimiter<IPAddress> _limiter = PartitionedRateLimiter.Create<IPAddress, IPAddress>(address =>
        RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions { PermitLimit = Most, Window = Window })
    );

    /// <summary>Sends a link to the person with the address, if there is one. The caller learns nothing about it.</summary>
    /// <param name="from">The network address of the browser. Null when it is unknown.</param>
    /// <returns>False when there were too many requests. Nothing was sent.</returns>
    public async Task<bool> AskAsync(IPAddress? from, string email, CancellationToken cancellationToken)
    {
        using var permit = _limiter.AttemptAcquire(from ?? IPAddress.None);
        if (!permit.IsAcquired)
            return false;
        await mails.ForgottenAsync(email, CultureInfo.CurrentUICulture.Name, cancellationToken);
        return true;
    }

    public void Dispose() => _limiter.Dispose();
}
