namespace KlaviyoExport.Alerts;

/// <summary>The range of <see cref="AlertSettings.WarningShare"/>.</summary>
internal static class WarningShares
{
    /// <exception cref="LocalizedException">The threshold is not from 0 to 100.</exception>
    public static void Demand(double share)
    {
        if (share is not (>= 0 and <= 100))
            throw new LocalizedException(new LocalizedMessage("Alerts.ShareOutOfRange"));
    }
}
