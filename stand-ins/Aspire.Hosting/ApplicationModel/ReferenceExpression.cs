using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A text with values in it that are known only when the application starts.</summary>
public sealed class ReferenceExpression : IValueProvider, IManifestExpressionProvider
{
    private readonly IReadOnlyList<Part> parts;

    private ReferenceExpression(IReadOnlyList<Part> parts) => this.parts = parts;

    public string ValueExpression =>
        string.Concat(parts.Select(part =>
            part.Literal ?? (part.Value as IManifestExpressionProvider)?.ValueExpression));

    /// <summary>The providers in the text, for whoever must wait for them.</summary>
    internal IEnumerable<IValueProvider> Providers => parts.Select(part => part.Value).OfType<IValueProvider>();

    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
            text.Append(part.Literal ?? await part.Value!.GetValueAsync(cancellationToken));
        return text.ToString();
    }

    internal sealed record Part(string? Literal, IValueProvider? Value);

    /// <summary>Collects the parts of an interpolated string instead of formatting them.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
    {
        internal List<Part> Parts { get; } = new(literalLength > 0 ? (2 * formattedCount) + 1 : formattedCount);

        public void AppendLiteral(string value) => Parts.Add(new Part(value, null));

        public void AppendFormatted(string? value) => Parts.Add(new Part(value ?? "", null));

        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider => Parts.Add(new Part(null, valueProvider));

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider =>
            Parts.Add(new Part(null, valueProvider.Resource));
    }
}
