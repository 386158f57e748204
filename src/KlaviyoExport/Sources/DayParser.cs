namespace KlaviyoExport.Sources;

/// <summary>
/// Parses dates and times in the forms of <see cref="FieldFormat"/>. Written by hand, because it runs for every value of a million rows.
/// </summary>
internal static class DayParser
{
    public static bool TryParse(ReadOnlySpan<char> text, DayOrder order, out DateOnly day, out bool hasTime)
    {
        day = default;
        hasTime = false;
        if (!TryDate(text, order, out var date, out var rest))
            return false;
        day = date;
        if (rest.IsEmpty)
            return true;
        hasTime = true;
        return rest[0] is 'T' or 't' or ' '
            && TryTime(rest[1..].TrimStart(' '), out var sinceMidnight, out var offset)
            && TryShift(date, sinceMidnight - offset, out day);
    }

    /// <summary>Parses a date or a date and time. A date is its first moment, in UTC. Fractions of a second are ignored.</summary>
    public static bool TryMoment(ReadOnlySpan<char> text, DayOrder order, out DateTimeOffset moment)
    {
        moment = default;
        if (!TryDate(text, order, out var date, out var rest))
            return false;
        var (time, offset) = (TimeSpan.Zero, TimeSpan.Zero);
        if (!rest.IsEmpty && !(rest[0] is 'T' or 't' or ' ' && TryTime(rest[1..].TrimStart(' '), out time, out offset)))
            return false;
        var ticks = date.ToDateTime(TimeOnly.MinValue).Ticks + (time - offset).Ticks;
        var inRange = ticks >= 0 && ticks <= DateTime.MaxValue.Ticks;
        moment = inRange ? new DateTimeOffset(ticks, TimeSpan.Zero) : default;
        return inRange;
    }

    private static bool TryDate(ReadOnlySpan<char> text, DayOrder order, out DateOnly date, out ReadOnlySpan<char> rest)
    {
        rest = text;
        date = default;
        if (TryTake(ref rest, 4, 4, out var year))
        {
            return TrySeparator(ref rest, out var mark)
                && TryTake(ref rest, 1, 2, out var month)
                && Skip(ref rest, mark)
                && TryTake(ref rest, 1, 2, out var day)
                && Make(year, month, day, out date);
        }
        rest = text;
        if (
            !TryTake(ref rest, 1, 2, out var first)
            || !TrySeparator(ref rest, out var separator)
            || (order == DayOrder.Unknown && separator != '.')
            || !TryTake(ref rest, 1, 2, out var second)
            || !Skip(ref rest, separator)
            || !TryTake(ref rest, 4, 4, out year)
        )
            return false;
        if (separator == '.')
            Skip(ref rest, '.');
        return order == DayOrder.MonthFirst && separator != '.' ? Make(year, first, second, out date) : Make(year, second, first, out date);
    }

    private static bool TrySeparator(ref ReadOnlySpan<char> text, out char separator)
    {
        separator = text.IsEmpty ? '\0' : text[0];
        return separator is '-' or '/' or '.' && Skip(ref text, separator);
    }

    private static bool TryTime(ReadOnlySpan<char> text, out TimeSpan time, out TimeSpan offset)
    {
        time = offset = default;
        if (
            !TryTake(ref text, 1, 2, out var hour)
            || hour > 23
            || !Skip(ref text, ':')
            || !TryTake(ref text, 2, 2, out var minute)
            || minute > 59
        )
            return false;
        var second = 0;
        if (Skip(ref text, ':'))
        {
            if (!TryTake(ref text, 2, 2, out second) || second > 60)
                return false;
            if ((Skip(ref text, '.') || Skip(ref text, ',')) && !TryTake(ref text, 1, 9, out _))
                return false;
        }
        text = text.TrimStart(' ');
        if (!TryHalf(ref text, ref hour))
            return false;
        time = new TimeSpan(hour, minute, second);
        return TryOffset(text.TrimStart(' '), out offset);
    }

    /// <summary>Reads AM or PM, if there is one, and converts the hour to 24 hours.</summary>
    private static bool TryHalf(ref ReadOnlySpan<char> text, ref int hour)
    {
        var isAfternoon = text.StartsWith("PM", StringComparison.OrdinalIgnoreCase);
        if (!isAfternoon && !text.StartsWith("AM", StringComparison.OrdinalIgnoreCase))
            return true;
        if (hour is < 1 or > 12)
            return false;
        hour = (hour % 12) + (isAfternoon ? 12 : 0);
        text = text[2..];
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = default;
        if (text.IsEmpty || text.Equals("Z", StringComparison.OrdinalIgnoreCase) || text.Equals("UTC", StringComparison.OrdinalIgnoreCase))
            return true;
        var sign = text[0] switch
        {
            '+' => 1,
            '-' => -1,
            _ => 0,
        };
        text = text[1..];
        if (sign == 0 || !TryTake(ref text, 2, 2, out var hours) || hours > 14)
            return false;
        var minutes = 0;
        if (!text.IsEmpty)
        {
            Skip(ref text, ':');
            if (!TryTake(ref text, 2, 2, out minutes) || minutes > 59)
                return false;
        }
        offset = sign * new TimeSpan(hours, minutes, 0);
        return text.IsEmpty;
    }

    private static bool TryShift(DateOnly date, TimeSpan sinceMidnight, out DateOnly day)
    {
        var ticks = date.ToDateTime(TimeOnly.MinValue).Ticks + sinceMidnight.Ticks;
        var inRange = ticks >= 0 && ticks <= DateTime.MaxValue.Ticks;
        day = inRange ? DateOnly.FromDateTime(new DateTime(ticks)) : default;
        return inRange;
    }

    private static bool Make(int year, int month, int day, out DateOnly date)
    {
        var valid = year >= 1 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month);
        date = valid ? new DateOnly(year, month, day) : default;
        return valid;
    }

    private static bool Skip(ref ReadOnlySpan<char> text, char expected)
    {
        if (text.IsEmpty || text[0] != expected)
            return false;
        text = text[1..];
        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<char> text, int fewest, int most, out int value)
    {
        value = 0;
        var length = 0;
        while (length < most && length < text.Length && char.IsAsciiDigit(text[length]))
            value = (value * 10) + (text[length++] - '0');
        text = text[length..];
        return length >= fewest;
    }
}
