using Microsoft.Extensions.Localization;

namespace KlaviyoExport.Web.Pages.Sources;

/// <summary>A limit of age in the unit in which a person would enter it: days when it is at least two whole days, otherwise hours.</summary>
internal readonly record struct MaxAge(int Number, bool IsDays)
{
    private const int HoursOfDay = 24;

    public int Hours => (int)Math.Min(int.MaxValue, (long)Number * (IsDays ? HoursOfDay : 1));

    public static MaxAge Of(int hours) =>
        hours % HoursOfDay == 0 && hours > HoursOfDay ? new(hours / HoursOfDay, IsDays: true) : new(hours, IsDays: false);

    public static string Of(IStringLocalizer texts, int hours)
    {
        var age = Of(hours);
        return texts[age.IsDays ? "MaxAge.Days" : "MaxAge.Hours", age.Number];
    }
}
