using System.Text;

namespace KlaviyoExport.Sandbox.JsonApi;

/// <summary>
/// Parses Klaviyo's filter grammar: <c>operator(field,value)</c>, several joined by commas or inside <c>and(…)</c>. Text is quoted with
/// double or single quotes, lists are in brackets, and times, numbers and booleans are not quoted.
/// </summary>
internal sealed class FilterParser(string text)
{
    private int _at;

    public static IReadOnlyList<Filter> Parse(string text)
    {
        var parser = new FilterParser(text);
        var filters = new List<Filter>();
        parser.Comparisons(filters);
        if (parser._at < text.Length)
            throw parser.Bad();
        return filters;
    }

    private void Comparisons(List<Filter> into)
    {
        do Comparison(into);
        while (Take(','));
    }

    private void Comparison(List<Filter> into)
    {
        var name = Word();
        Expect('(');
        if (name == "and")
            Comparisons(into);
        else
        {
            var field = Word();
            Expect(',');
            into.Add(new Filter(name, field, Take('[') ? Items() : [Value()]));
        }
        Expect(')');
    }

    private List<string> Items()
    {
        var items = new List<string>();
        do items.Add(Value());
        while (Take(','));
        Expect(']');
        return items;
    }

    private string Value()
    {
        Space();
        return _at < text.Length && text[_at] is '"' or '\'' ? Quoted(text[_at++]) : Bare();
    }

    private string Quoted(char quote)
    {
        var value = new StringBuilder();
        while (_at < text.Length && text[_at] != quote)
        {
            if (text[_at] == '\\')
                _at++;
            if (_at >= text.Length)
                throw Bad();
            value.Append(text[_at++]);
        }
        Expect(quote);
        return value.ToString();
    }

    private string Bare()
    {
        var start = _at;
        while (_at < text.Length && text[_at] is not (',' or ')' or ']' or '"' or '\''))
            _at++;
        return _at > start ? text[start.._at].Trim() : throw Bad();
    }

    private string Word()
    {
        Space();
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '-' or '_' or '.'))
            _at++;
        return _at > start ? text[start.._at] : throw Bad();
    }

    private bool Take(char c)
    {
        Space();
        if (_at >= text.Length || text[_at] != c)
            return false;
        _at++;
        return true;
    }

    private void Expect(char c)
    {
        if (!Take(c))
            throw Bad();
    }

    private void Space()
    {
        while (_at < text.Length && text[_at] == ' ')
            _at++;
    }

    private Refusal Bad() =>
        new(ApiError.InvalidParameter($"Invalid filter: the expression could not be read at position {_at}.", "filter"));
}
