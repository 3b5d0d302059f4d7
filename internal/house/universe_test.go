package house_test

import (
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// universe knows what this module's packages export, and the standard library.
// It reads the sources itself: a test on `go list` would be served from the cache.
type universe struct {
	files *token.FileSet
	std   types.Importer
	ours  map[string]*types.Package
}

var theUniverse = sync.OnceValue(func() *universe {
	build.Default.CgoEnabled = false // net's sources need no C then
	files := token.NewFileSet()
	return &universe{files, importer.ForCompiler(files, "source", nil), map[string]*types.Package{}}
})

// Import gives a package. Those of other modules are empty: what a document names
// has none of their types.
func (u *universe) Import(path string) (*types.Package, error) {
	rest, ours := strings.CutPrefix(path, module)
	switch first, _, _ := strings.Cut(path, "/"); {
	case ours && (rest == "" || rest[0] == '/'):
		return u.load(path, filepath.Join("..", "..", filepath.FromSlash(rest)))
	case strings.Contains(first, "."):
		empty := types.NewPackage(path, filepath.Base(path))
		empty.MarkComplete()
		return empty, nil
	}
	return u.std.Import(path)
}

// load checks a package of ours, without the bodies of its functions.
func (u *universe) load(path, dir string) (*types.Package, error) {
	if p := u.ours[path]; p != nil {
		return p, nil
	}
	found, err := build.Default.ImportDir(dir, 0)
	if err != nil {
		return nil, err
	}
	var parsed []*ast.File
	for _, name := range found.GoFiles {
		f, err := parser.ParseFile(u.files, filepath.Join(dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, f)
	}
	// Errors are about types of other modules.
	conf := types.Config{Importer: u, IgnoreFuncBodies: true, Error: func(error) {}}
	u.ours[path], _ = conf.Check(path, u.files, parsed, nil)
	return u.ours[path], nil
}

// place is where a document's pieces of Go stand: in a function, among imports and
// variables.
type place struct {
	u     *universe
	pkg   *types.Package
	pos   token.Pos
	named map[string]*types.Package // imports by name
}

// newPlace makes a place from declarations.
func (u *universe) newPlace(t *testing.T, source string) *place {
	t.Helper()
	f, err := parser.ParseFile(u.files, "place.go", source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	conf := types.Config{Importer: u, Error: func(err error) {
		if e, ok := err.(types.Error); ok && !e.Soft { // an import without a use is one
			t.Fatal(err)
		}
	}}
	p := &place{u: u, named: map[string]*types.Package{}}
	p.pkg, _ = conf.Check("place", u.files, []*ast.File{f}, nil)
	for _, imported := range p.pkg.Imports() {
		p.named[imported.Name()] = imported
	}
	p.pos = f.Decls[len(f.Decls)-1].(*ast.FuncDecl).Body.Lbrace + 1
	return p
}

// resolves reports whether a piece of Go has a meaning here.
func (p *place) resolves(text string) bool {
	if value, err := types.Eval(p.u.files, p.pkg, p.pos, text); err == nil {
		return !value.IsVoid() || strings.HasSuffix(text, ")")
	}
	return p.exported(text) || p.member(text)
}

// exported reports whether it is "package.Name", generic or not.
func (p *place) exported(text string) bool {
	name, object, ok := strings.Cut(text, ".")
	return ok && p.named[name] != nil && ast.IsExported(object) && p.named[name].Scope().Lookup(object) != nil
}

// member reports whether it is "package.Type.Member", perhaps with more members
// behind.
func (p *place) member(text string) bool {
	parts := strings.SplitN(text, ".", 3)
	if len(parts) != 3 || p.named[parts[0]] == nil {
		return false
	}
	if _, ok := p.named[parts[0]].Scope().Lookup(parts[1]).(*types.TypeName); !ok {
		return false
	}
	_, err := types.Eval(p.u.files, p.pkg, p.pos, "(*new("+parts[0]+"."+parts[1]+"))."+parts[2])
	return err == nil
}
