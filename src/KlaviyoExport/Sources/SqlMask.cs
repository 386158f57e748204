namespace KlaviyoExport.Sources;

/// <summary>Finds the parts of an SQL text that are neither a comment nor a literal nor a quoted name.</summary>
internal ref struct SqlMask
{
    private readonly string _text;
    private readonly SourceKind _kind;
    private readonly char[] _mask;
    private int _at;

    private SqlMask(string text, SourceKind kind) => (_text, _kind, _mask) = (text, kind, text.ToCharArray());

    /// <summary>
    /// Returns a text of the same length in which comments are spaces, and literals and quoted names are quotation marks. Null when one of
    /// them has no end.
    /// </summary>
    public static string? Of(string text, SourceKind kind)
    {
        var mask = new SqlMask(text, kind);
        while (mask._at < text.Length)
        {
            if (!mask.Step())
                return null;
        }
        return new string(mask._mask);
    }

    private bool Step()
    {
        switch (_text[_at])
        {
            // MySQL's comment needs white space: 5--1 is 6.
            case '-' when At("--") && (_kind != SourceKind.MySql || _at + 2 == _text.Length || _text[_at + 2] <= ' '):
                var line = _text.AsSpan(_at).IndexOfAny('\r', '\n');
                return Hide(line < 0 ? _text.Length : _at + line, ' ');
            case '#' when _kind == SourceKind.MySql:
                var rest = _text.AsSpan(_at).IndexOfAny('\r', '\n');
                return Hide(rest < 0 ? _text.Length : _at + rest, ' ');
            // What MySQL and MariaDB execute stays visible, and is refused.
            case '/' when _kind == SourceKind.MySql && (At("/*!") || At("/*M!")):
                _at += 2;
                return true;
            case '/' when At("/*"):
                return Hide(EndOfComment(), ' ');
            case '\'':
                return Hide(EndOf('\'', HasEscapes), '\'');
            case '"':
                return Hide(EndOf('"', hasEscapes: _kind == SourceKind.MySql), '"');
            case '`' when _kind is SourceKind.Sqlite or SourceKind.MySql:
                return Hide(EndOf('`', hasEscapes: false), '"');
            case '[' when _kind is SourceKind.Sqlite or SourceKind.SqlServer:
                return Hide(EndOf(']', hasEscapes: false), '"');
            case '$' when IsPostgreSql && Tag() is { } tag:
                var close = _text.IndexOf(tag, _at + tag.Length, StringComparison.Ordinal);
                return Hide(close < 0 ? -1 : close + tag.Length, '\'');
            default:
                _at++;
                return true;
        }
    }

    private readonly bool At(string word) => string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0;

    private bool Hide(int end, char with)
    {
        if (end < 0)
            return false;
        // Lines stay, so that a position in the mask is one in the text.
        for (; _at < end; _at++)
            _mask[_at] = _text[_at] is '\r' or '\n' ? _text[_at] : with;
        return true;
    }

    /// <summary>PostgreSQL and SQL Server nest comments, SQLite, MySQL and most other databases do not.</summary>
    private readonly int EndOfComment()
    {
        var depth = 0;
        for (var i = _at; i + 1 < _text.Length; i++)
        {
            if (
                _text[i] == '/'
                && _text[i + 1] == '*'
                && (depth == 0 || _kind is not (SourceKind.Sqlite or SourceKind.MySql or SourceKind.Odbc))
            )
            {
                (depth, i) = (depth + 1, i + 1);
            }
            else if (_text[i] == '*' && _text[i + 1] == '/')
            {
                (depth, i) = (depth - 1, i + 1);
                if (depth == 0)
                    return i + 1;
            }
        }
        return -1;
    }

    /// <summary>The end of a literal or name, in which a doubled end is a character.</summary>
    private readonly int EndOf(char end, bool hasEscapes)
    {
        for (var i = _at + 1; i < _text.Length; i++)
        {
            if (hasEscapes && _text[i] == '\\')
                i++;
            // Redshift has escapes in all literals, PostgreSQL has not: where this decides about the end of one, there is no end.
            else if (_kind == SourceKind.PostgreSqlCompatible && end == '\'' && _text[i] == end && _text[i - 1] == '\\')
                return -1;
            else if (_text[i] == end && i + 1 < _text.Length && _text[i + 1] == end && !(end == ']' && _kind == SourceKind.Sqlite))
                i++;
            else if (_text[i] == end)
                return i + 1;
        }
        return -1;
    }

    private readonly bool IsPostgreSql => _kind is SourceKind.PostgreSql or SourceKind.PostgreSqlCompatible;

    /// <summary>Whether the literal has backslash escapes: every one of MySQL, and E'…' of PostgreSQL.</summary>
    private readonly bool HasEscapes =>
        _kind == SourceKind.MySql
        || (IsPostgreSql && _at > 0 && _text[_at - 1] is 'e' or 'E' && (_at == 1 || !IsNameLetter(_text[_at - 2])));

    /// <summary>The beginning of a literal of PostgreSQL such as $$…$$ or $tag$…$tag$.</summary>
    private readonly string? Tag()
    {
        if (_at > 0 && IsNameLetter(_text[_at - 1]))
            return null;
        var end = _at + 1;
        while (end < _text.Length && IsNameLetter(_text[end]))
            end++;
        return end < _text.Length && _text[end] == '$' && !(end > _at + 1 && char.IsAsciiDigit(_text[_at + 1]))
            ? _text[_at..(end + 1)]
            : null;
    }

    private static bool IsNameLetter(char letter) => char.IsLetterOrDigit(letter) || letter == '_';
}
